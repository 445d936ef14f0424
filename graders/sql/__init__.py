"""Grade text-to-SQL answers by running them on a small DuckDB database: `text_to_sql`.

extraction -> gate -> reading (parsing, functions, sizes; binds, dialect) -> linking -> execution -> equality, similarity (cells)
databases, dumps, sqlite_files, clock: the fixture;  references, ordering: what the right result is;  ladder: the grader
"""

from .ladder import text_to_sql

__all__ = ["text_to_sql"]
