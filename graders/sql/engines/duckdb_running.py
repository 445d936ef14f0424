"""Run one query that passed the gate: read-only, bounded in time and rows; the result is a table or a typed failure."""

from __future__ import annotations

import re
from typing import Any

import duckdb

from .engine import MAX_CELLS, Failure, Query, Row, Table

BROKEN = (duckdb.FatalException, duckdb.InternalException, duckdb.ConnectionException)
_UNBOUND = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)
_SHORT = re.compile(
    r"U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|BOOLEAN|DATE|TIME|TIMESTAMP|INTERVAL|UUID"
)
_WHOLE = 1_000  # characters of a message
_MAX_VOLUME = 5_000_000  # characters of a result
_ELEMENT = 25  # as many characters as comparing an element of a list costs
_LONGEST = 100_000  # characters or elements of one value, as `duckdb_sizes.py` allows
_BEGIN = duckdb.extract_statements("BEGIN TRANSACTION READ ONLY")[0]


def run(
    connection: duckdb.DuckDBPyConnection, search_path: Any, query: Query, max_rows: int
) -> Table | Failure:
    """The rows of `query`, in a read-only transaction that is rolled back.

    A fresh cursor each time: temporary tables and settings die with it, so no query sees what another one left. `search_path` and the
    query's handle are statements that were parsed before, which halves the cost of a small query.
    """
    cursor = None
    try:
        cursor = connection.cursor()
        cursor.execute(search_path)
        cursor.execute(_BEGIN)
        return _fetch(cursor, query, max_rows)
    except (
        duckdb.Error,
        ValueError,  # this and the next: dates that Python cannot hold
        OverflowError,
        MemoryError,
    ) as error:
        return _failure(error)
    finally:
        if cursor is not None:
            cursor.close()  # rolls back


def only_select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The single SELECT in `sql` as DuckDB parses it; ValueError when it is anything else, duckdb.Error when it is no SQL."""
    statements = connection.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        raise ValueError(f"is not one SELECT but {', '.join(kinds) or 'nothing'}")
    return statements[0]


def _fetch(cursor: duckdb.DuckDBPyConnection, query: Query, max_rows: int) -> Table | Failure:
    cursor.execute(query.handle if query.handle is not None else only_select(cursor, query.sql))
    description = cursor.description or []
    types = [str(column[1]) for column in description]
    if any("WITH TIME ZONE" in kind for kind in types):
        cursor.execute(_without_time_zones(query.sql, types))
    most = min(max_rows, MAX_CELLS // max(1, len(types)))
    rows = _rows(cursor, most + 1, types)
    if len(rows) > most:
        wide = f" of {len(types)} columns" if most < max_rows else ""
        return Failure("too_many_rows", f"more than {most:,} rows{wide}")
    return Table(tuple([str(column[0]) for column in description]), rows)


def _rows(cursor: duckdb.DuckDBPyConnection, most: int, types: list[str]) -> list[Row]:
    """At most so many rows; MemoryError where they hold too much. They come so few at a time that even the longest values are not too much."""
    texts = [i for i, kind in enumerate(types) if not _SHORT.fullmatch(kind)]
    at_once = min(most, max(1, _MAX_VOLUME // _LONGEST // len(texts))) if texts else most
    rows: list[Row] = []
    volume = 0
    while len(rows) < most:
        part = cursor.fetchmany(min(at_once, most - len(rows)))
        rows += part
        volume += sum(_volume(row[i]) for row in part for i in texts)
        if volume > _MAX_VOLUME:
            raise MemoryError
        if len(part) < at_once:
            break
    return rows


def _volume(value: object) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return sum(_ELEMENT + _volume(each) for each in value) if isinstance(value, list | tuple) else 1


def _without_time_zones(sql: str, types: list[str]) -> str:
    """The same query with its times in UTC and without a zone; columns by position, since names may repeat."""
    columns = ", ".join(_zoneless(f"#{i}", kind) for i, kind in enumerate(types, start=1))
    return f"SELECT {columns} FROM (\n{sql}\n)"


def _zoneless(column: str, kind: str) -> str:
    if "WITH TIME ZONE" not in kind:
        return column
    return f"CAST({column} AS {'TIMESTAMP' if kind.startswith('TIMESTAMP') else 'TIME'})"


def _failure(error: Exception) -> Failure:
    message = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    if isinstance(error, duckdb.InterruptException):
        return Failure("timeout", "ran longer than the query's time limit")
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return Failure("memory", "needs more memory than a query may use")
    if isinstance(error, BROKEN):
        return Failure("broken", message)
    if isinstance(error, _UNBOUND):
        return Failure("unbound", str(error).strip()[:_WHOLE])  # with what it suggests, see `unbound.py`
    return Failure("error", message)
