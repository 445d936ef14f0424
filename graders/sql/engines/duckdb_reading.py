"""From a text to a query that may run on a DuckDB database: the plain ones at once, all others after a close look.

The close look reads the text twice. sqlglot's tree says whether anything inside is not reading (`gate.py`); DuckDB's own tree, of what is
about to run, says which functions are called and which tables are read (`duckdb_functions.py`), how much there is to plan
(`duckdb_planning.py`) and how long texts may get (`duckdb_sizes.py`).
"""

from __future__ import annotations

import duckdb

from . import gate
from .duckdb_functions import Functions, refuse_functions, refuse_tables
from .duckdb_parsing import parsed
from .duckdb_planning import refuse_planning
from .duckdb_running import BROKEN, only_select
from .duckdb_sizes import refuse_sizes
from .engine import Query, Refusal
from .plain_queries import is_plain


def read(connection: duckdb.DuckDBPyConnection, text: str, functions: Functions) -> Query | Refusal:
    """The query in `text`, or why it may not run. Raises one of `BROKEN` where the database no longer answers."""
    if is_plain(text, functions):
        return _statement(connection, text.rstrip().removesuffix(";"))
    return read_closely(connection, text, functions)


def read_closely(connection: duckdb.DuckDBPyConnection, text: str, functions: Functions) -> Query | Refusal:
    """The same for a text that is not plain."""
    checked = gate.check(text)
    if isinstance(checked, Refusal):
        return checked
    query = _statement(connection, checked)
    if isinstance(query, Refusal):
        return query
    try:
        tree = parsed(connection, query.sql)
    except BROKEN:
        raise
    except (duckdb.Error, ValueError) as error:
        return _no_sql(error)
    refusal = (
        refuse_tables(tree, functions)
        or refuse_functions(tree, functions)
        or refuse_planning(tree)
        or refuse_sizes(tree)
    )
    return Refusal(refusal) if refusal else query


def _statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Query | Refusal:
    """The statement as DuckDB parses it, which has to agree that this is one SELECT: two parsers, one loophole fewer."""
    try:
        return Query(sql, "duckdb", only_select(connection, sql))
    except BROKEN:
        raise
    except duckdb.Error as error:
        return _no_sql(error)
    except ValueError as error:
        return Refusal(str(error))


def _no_sql(error: Exception) -> Refusal:
    return Refusal(f"does not parse: {(str(error).strip().splitlines() or ['?'])[0][:200]}")
