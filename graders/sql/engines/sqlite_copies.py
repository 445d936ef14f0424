"""Copy tables that are not SQLite's into SQLite: a folder, a .duckdb file, the tables of a sample.

Whole numbers become INTEGER, fractions REAL, dates and times ISO text in columns declared DATE, TIMESTAMP or TIME, truth values 0 and 1,
lists and structs their JSON text. Views of a .duckdb file are copied as tables of the rows they show; its CHECK conditions are DuckDB's
SQL and stay behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from .duckdb_schema import schema_of
from .duckdb_sources import copy_duckdb, copy_folder
from .engine import Row
from .schema import TableSchema
from .sqlite_schema import quoted
from .written_tables import WrittenTable

_ROWS_AT_ONCE = 10_000
_TYPES = (  # the start of DuckDB's name of a type -> SQLite's, and how DuckDB writes its values
    (("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "INTEGER", "{}"),
    (("HUGEINT", "UHUGEINT", "UBIGINT", "DECIMAL", "DOUBLE", "FLOAT"), "REAL", "{}::DOUBLE"),
    (("BOOLEAN",), "BOOLEAN", "{}::INTEGER"),
    (("BLOB",), "BLOB", "{}"),
    (("DATE",), "DATE", "{}::VARCHAR"),
    (("TIMESTAMP WITH TIME ZONE",), "TIMESTAMP", "({} AT TIME ZONE 'UTC')::VARCHAR"),
    (("TIMESTAMP",), "TIMESTAMP", "{}::TIMESTAMP::VARCHAR"),
    (("TIME",), "TIME", "{}::VARCHAR"),
)


def create_tables(connection: sqlite3.Connection, tables: Mapping[str, WrittenTable]) -> None:
    """Make the tables of a sample."""
    connection.execute("BEGIN")
    for name, table in tables.items():
        pairs = zip(table.columns, table.types, strict=True)
        _create(connection, name, [f"{quoted(column)} {_type_of(kind)[0]}" for column, kind in pairs])
        insert(connection, name, table.columns, table.rows)
    connection.execute("COMMIT")


def copy_path(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a folder or of a .duckdb file, with their keys."""
    with closing(duckdb.connect(":memory:")) as origin:
        declared: dict[str, TableSchema] = {}
        if path.is_dir():
            copy_folder(origin, path)
        else:
            declared = copy_duckdb(origin, path)
        connection.execute("BEGIN")
        for table in schema_of(origin, declared).tables.values():
            _copy(origin, connection, table)
        connection.execute("COMMIT")


def insert(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Add rows, within a transaction that the caller has begun; dates and moments are held as ISO text, Decimals as floats."""
    holes = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quoted(table)} ({_names(columns)}) VALUES ({holes})"
    connection.executemany(statement, (tuple(map(_cell, row)) for row in rows))


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _copy(origin: duckdb.DuckDBPyConnection, connection: sqlite3.Connection, table: TableSchema) -> None:
    columns = [column.name for column in table.columns]
    types = [_type_of(column.type) for column in table.columns]
    declared = [
        f"{quoted(column.name)} {kind}{'' if column.nullable else ' NOT NULL'}"
        for column, (kind, _) in zip(table.columns, types, strict=True)
    ]
    _create(connection, table.name, [*declared, *_constraints(table)])
    values = ", ".join(
        written.format(quoted(column)) for column, (_, written) in zip(columns, types, strict=True)
    )
    rows = origin.execute(f"SELECT {values} FROM memory.{quoted(table.schema)}.{quoted(table.name)}")
    while part := rows.fetchmany(_ROWS_AT_ONCE):
        insert(connection, table.name, columns, part)


def _create(connection: sqlite3.Connection, name: str, parts: Iterable[str]) -> None:
    connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(parts)})")


def _constraints(table: TableSchema) -> Iterator[str]:
    required = {column.name for column in table.columns if not column.nullable}
    for i, key in enumerate(table.keys):
        kind = "PRIMARY KEY" if i == 0 and required.issuperset(key) else "UNIQUE"
        yield f"{kind} ({_names(key)})"
    for pointer in table.foreign:
        target = f"{quoted(pointer.table)} ({_names(pointer.references)})"
        yield f"FOREIGN KEY ({_names(pointer.columns)}) REFERENCES {target}"


def _type_of(kind: str) -> tuple[str, str]:
    """SQLite's type for DuckDB's, and the expression that reads a column's values for it."""
    nested = kind.endswith(("]", ")")) and not kind.startswith(("DECIMAL", "ENUM"))
    if nested or kind == "VARIANT":
        return "TEXT", "to_json({})::VARCHAR"
    for starts, sqlite_type, written in _TYPES:
        if kind.startswith(starts):
            return sqlite_type, written
    return "TEXT", "{}::VARCHAR"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(quoted, columns))
