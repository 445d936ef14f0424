"""Reads a dump of Postgres dialect into DuckDB, and the facts of its schema from there.

    load("broker", Path("databases/broker.sql").read_text()).tables["sbticker"].keys  # (("sbtickerid",),)

References are read from the text and not enforced: the dumps fill some children before their parents. Only what these dumps use
is translated: SERIAL, REFERENCES, and TO_CHAR in their INSERTs.
"""

from __future__ import annotations

import re
from typing import cast

import duckdb

from .clock import connect
from .facts import Cell, Column, Kind, Reference, Schema, Table

_TO_CHAR = """CREATE MACRO to_char(x, form) AS
    CASE form WHEN 'Month' THEN strftime(x::TIMESTAMP, '%B') ELSE strftime(x::TIMESTAMP, '%Y%m%d %H:%M:%S') END"""
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r".*INT.*", "integer"),
    (r"DECIMAL.*", "decimal"),
    (r"FLOAT|DOUBLE|REAL", "float"),
    (r"DATE", "date"),
    (r"TIMESTAMP.*", "timestamp"),
    (r"TIME", "time"),
    (r"BOOLEAN", "boolean"),
)
_CREATE = re.compile(r"CREATE TABLE (?:\w+\.)?(\w+) \((.*?)\n\);", re.S | re.I)
_CHOICES = re.compile(r"--\s*(?:possible )?values:\s*(.+?)\s*$", re.I)
_NUMBERED = re.compile(r"(\d+) for \w+")


def load(database: str, dump: str) -> Schema:
    """The facts of a dump, without what only queries imply."""
    connection = connect()
    connection.execute("CREATE SCHEMA public; SET search_path = 'main,public'")
    connection.execute(_TO_CHAR)
    connection.execute(duckdb_text(dump))
    declared = {match[1].lower(): match[2] for match in _CREATE.finditer(dump)}
    tables = {
        name.lower(): _table(connection, schema, name, declared.get(name.lower(), ""))
        for schema, name in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables()"
        ).fetchall()
    }
    references = tuple(reference for name, body in declared.items() for reference in _references(name, body))
    return Schema(database, tables, references)


def duckdb_text(dump: str) -> str:
    """The dump without SERIAL and REFERENCES, which DuckDB has not or enforces."""
    dump = re.sub(r"\bSERIAL\b", "INTEGER", dump, flags=re.I)
    return re.sub(r"\bREFERENCES\s+[\w.]+\s*\(\w+\)", "", dump, flags=re.I)


def _references(table: str, body: str) -> list[Reference]:
    found = re.finditer(r"^\s*(\w+)\s[^\n]*?\bREFERENCES\s+(?:\w+\.)?(\w+)\s*\((\w+)\)", body, re.M | re.I)
    return [Reference((table, m[1].lower()), (m[2].lower(), m[3].lower()), declared=True) for m in found]


def _table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, body: str) -> Table:
    rows = connection.execute(f'SELECT * FROM {schema}."{name}"').fetchall()
    listed = connection.execute(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "ORDER BY column_index",
        [schema, name],
    ).fetchall()
    columns = tuple(
        _column(column.lower(), type_, nullable, _comment(body, column), [row[i] for row in rows])
        for i, (column, type_, nullable) in enumerate(listed)
    )
    keys = connection.execute(
        "SELECT constraint_column_names FROM duckdb_constraints() WHERE schema_name = ? AND table_name = ? "
        "AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')",
        [schema, name],
    ).fetchall()
    return Table(
        name.lower(), schema, columns, tuple(tuple(c.lower() for c in key) for (key,) in keys), tuple(rows)
    )


def _column(name: str, type_: str, nullable: bool, comment: str, values: list[Cell]) -> Column:
    kind: Kind = next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, type_)), "text")
    return Column(
        name,
        type_,
        kind,
        nullable,
        size=_size(type_, comment),
        choices=_choices(kind, comment),
        shipped=tuple(dict.fromkeys(value for value in values if value is not None)),
    )


def _comment(body: str, column: str) -> str:
    """The line of the dump that declares the column."""
    match = re.search(rf"^\s*{column}\s.*$", body, re.M | re.I)
    return match[0] if match else ""


def _size(type_: str, line: str) -> int | None:
    if match := re.fullmatch(r"DECIMAL\(\d+,\s*(\d+)\)", type_):
        return int(match[1])
    match = re.search(r"\b(?:VAR)?CHAR\((\d+)\)", line, re.I)
    return int(match[1]) if match else None


def _choices(kind: Kind, line: str) -> tuple[Cell, ...]:
    if kind == "integer" and (numbers := _NUMBERED.findall(line)):
        return tuple(map(int, numbers))
    match = _CHOICES.search(line)
    return tuple(cast(list[Cell], re.split(r",\s*", match[1]))) if match and kind == "text" else ()
