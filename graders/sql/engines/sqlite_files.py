"""Copy a .sqlite file into DuckDB through Python's own sqlite3, opened read-only.

A column of SQLite may hold values of any type, so its DuckDB type follows the values: whole numbers BIGINT, numbers DOUBLE, ISO dates in a
column declared as a date DATE, ISO times in one declared as a time TIMESTAMP, bytes BLOB, anything else VARCHAR. Views are
copied as tables of the rows they show. What the file declares (keys, NOT NULL, foreign keys, checks) is read off it and not created: it may be
broken by the rows, or mean something else in DuckDB.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .schema import TableSchema
from .sqlite_schema import layout_of

_ROWS_PER_INSERT = 10_000
_OF_A_VIRTUAL_TABLE = (
    1  # of PRAGMA table_xinfo's column `hidden`: columns that `*` does not show; 2 and 3 are generated ones
)

Row = tuple[object, ...]


def copy_sqlite(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, TableSchema]:
    """Copy every table and view; what is declared of each, by lower-case table. ValueError when the file is damaged."""
    uri = f"{file.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as source:
            names = source.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            )
            for (name,) in names.fetchall():
                _copy_table(connection, source, str(name))
            return {name: _translated(table) for name, table in layout_of(source).schema.tables.items()}
    except sqlite3.Error as error:
        raise ValueError(f"is not readable by SQLite: {error}") from None


def _translated(table: TableSchema) -> TableSchema:
    """The table with its checks in DuckDB's SQL, without those that have no counterpart there."""
    return replace(table, checks=tuple(filter(None, map(_check, table.checks))))


def _check(condition: str) -> str:
    try:
        tree = sqlglot.parse_one(condition, dialect="sqlite")
        if tree.find(exp.Typeof, exp.Anonymous):  # types have other names
            return ""
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, RecursionError):
        return ""


def _copy_table(connection: duckdb.DuckDBPyConnection, source: sqlite3.Connection, name: str) -> None:
    declared = [
        (str(column), str(kind).upper())
        for _, column, kind, _, _, _, hidden in source.execute(f"PRAGMA table_xinfo({_quoted(name)})")
        if hidden != _OF_A_VIRTUAL_TABLE
    ]
    shown = ", ".join(_quoted(column) for column, _ in declared)
    rows: list[Row] = source.execute(f"SELECT {shown} FROM {_quoted(name)}").fetchall()
    kinds = [_kind_of([row[i] for row in rows], kind) for i, (_, kind) in enumerate(declared)]
    columns = ", ".join(
        f"{_quoted(column)} {kind}" for (column, _), kind in zip(declared, kinds, strict=True)
    )
    connection.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
    # One list for each column: 600,000 rows load in seconds, where a parameter for each cell takes more than a minute.
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        part = zip(*rows[start : start + _ROWS_PER_INSERT], strict=True)
        values = [_cells(column, kind) for column, kind in zip(part, kinds, strict=True)]
        connection.execute(f"INSERT INTO {_quoted(name)} SELECT {lists}", values)


def _cells(column: Sequence[object], kind: str) -> list[object]:
    """A list of one type, as DuckDB wants it for a parameter."""
    types: dict[str, Callable[[Any], object]] = {"VARCHAR": str, "DOUBLE": float}
    convert = types.get(kind)
    return [value if value is None or convert is None else convert(value) for value in column]


def _kind_of(values: Sequence[object], declared: str) -> str:
    """The DuckDB type for a column's values; the declared type decides where the values leave it open."""
    present = [value for value in values if value is not None]
    types = {type(value) for value in present}
    if not present:
        return _kind_without_values(declared)
    if types <= {int}:
        return "BOOLEAN" if "BOOL" in declared and set(present) <= {0, 1} else "BIGINT"
    if types <= {int, float}:
        return "DOUBLE"
    if types == {bytes}:
        return "BLOB"
    if types == {str} and declared == "DATE" and _all_parse(present, date.fromisoformat):
        return "DATE"
    if (
        types == {str}
        and declared.startswith(("DATETIME", "TIMESTAMP"))
        and _all_parse(present, datetime.fromisoformat)
    ):
        return "TIMESTAMP"
    return "VARCHAR"


def _kind_without_values(declared: str) -> str:
    kinds = {
        "INT": "BIGINT",
        "REAL": "DOUBLE",
        "FLOA": "DOUBLE",
        "DOUB": "DOUBLE",
        "DATE": "DATE",
        "BLOB": "BLOB",
    }
    return next((kind for word, kind in kinds.items() if word in declared), "VARCHAR")


def _all_parse(values: Sequence[object], parse: Callable[[str], object]) -> bool:
    try:
        for value in values:
            parse(str(value))
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
