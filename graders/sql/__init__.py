"""Grade text-to-SQL answers by running them on small databases: `text_to_sql`, and `sql_grader` to make one with other settings.

sql_graders -> ladder -> outcomes -> answers, references (golds, ordering, expected_rows) -> instances -> comparing -> engines
extraction: which part of a completion is the SQL;  dialects (postgres, ...): translation where it is asked for;  linking: tables and columns
engines/: DuckDB and SQLite behind one interface, with their sandboxes;  comparing/: when two results are the same, in words when not
instances/: databases made so that they tell the gold from wrong queries
"""

import logging

from .sql_graders import sql_grader, text_to_sql

logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # else what it cannot read goes to stderr

__all__ = ["sql_grader", "text_to_sql"]
