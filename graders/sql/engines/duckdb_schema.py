"""The facts of a DuckDB catalogue: tables, columns, keys, views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb

from .declared import note_constraints
from .schema import Column, ForeignKey, Schema, TableSchema, quoted, with_declared

_COLUMNS = """
    SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
    WHERE NOT internal AND database_name = $catalogue ORDER BY schema_name, table_oid, column_index
"""
_CONSTRAINTS = """
    SELECT schema_name, table_name, constraint_type, constraint_column_names, expression, referenced_table, referenced_column_names
    FROM duckdb_constraints() WHERE database_name = $catalogue ORDER BY schema_name, table_oid, constraint_index
"""
_UNIQUE_INDEXES = "SELECT sql FROM duckdb_indexes() WHERE is_unique AND sql IS NOT NULL AND database_name = $catalogue ORDER BY index_oid"
_VIEWS = """
    SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal AND database_name = $catalogue ORDER BY view_oid
"""

Name = tuple[str, str]


def schema_of(
    connection: duckdb.DuckDBPyConnection,
    declared: Mapping[str, TableSchema] | None = None,
    *,
    catalogue: str = "memory",
) -> Schema:
    """The tables of a catalogue, by default the connection's own; `declared` adds the constraints without which they were created.

    ValueError when there are none.
    """
    columns: dict[Name, list[Column]] = defaultdict(list)
    for schema, table, column, kind, nullable in _rows(connection, _COLUMNS, catalogue):
        columns[schema, table].append(Column(column, kind, nullable))
    if not columns:
        raise ValueError("holds no tables")
    views = {(schema, view) for schema, view, _ in _rows(connection, _VIEWS, catalogue)}
    keys, own, checks = _constraints(connection, catalogue)
    tables: dict[str, TableSchema] = {}
    for (schema, table), members in sorted(columns.items(), key=lambda item: item[0][0] != "main"):
        name = (schema, table)
        facts = TableSchema(
            table,
            schema,
            tuple(members),
            tuple(keys[name]),
            tuple(own[name]),
            tuple(checks[name]),
            name in views,
        )
        tables.setdefault(table.lower(), facts)
    return with_declared(tables, _holding(connection, tables, declared or {}))


def declared_in(connection: duckdb.DuckDBPyConnection, catalogue: str) -> dict[str, TableSchema]:
    """What a catalogue declares of its tables, its unique indexes among it."""
    found = dict(schema_of(connection, catalogue=catalogue).tables)
    for (statement,) in _rows(connection, _UNIQUE_INDEXES, catalogue):
        note_constraints(str(statement), found, dialect="duckdb")
    return found


def views_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The CREATE VIEW statements of the given catalogue, in the order in which they were made."""
    return [str(sql) for _, _, sql in _rows(connection, _VIEWS, "memory")]


def _holding(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, TableSchema],
    declared: Mapping[str, TableSchema],
) -> dict[str, TableSchema]:
    """The declarations without the checks that the given rows break, or that do not run: they mean something else here."""
    return {
        name: replace(
            facts, checks=tuple(check for check in facts.checks if _holds(connection, tables[name], check))
        )
        for name, facts in declared.items()
        if name in tables
    }


def _holds(connection: duckdb.DuckDBPyConnection, table: TableSchema, check: str) -> bool:
    name = f"memory.{quoted(table.schema)}.{quoted(table.name)}"
    try:
        return connection.execute(f"SELECT 1 FROM {name} WHERE NOT ({check}) LIMIT 1").fetchone() is None
    except duckdb.Error:
        return False


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, catalogue: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(sql, {"catalogue": catalogue}).fetchall()
    return rows


def _constraints(
    connection: duckdb.DuckDBPyConnection, catalogue: str
) -> tuple[dict[Name, list[tuple[str, ...]]], dict[Name, list[ForeignKey]], dict[Name, list[str]]]:
    """Unique keys (the primary one first), foreign keys and CHECK conditions by table."""
    keys: dict[Name, list[tuple[str, ...]]] = defaultdict(list)
    foreign: dict[Name, list[ForeignKey]] = defaultdict(list)
    checks: dict[Name, list[str]] = defaultdict(list)
    for schema, table, kind, names, expression, other, others in _rows(connection, _CONSTRAINTS, catalogue):
        name = (schema, table)
        if kind == "PRIMARY KEY":
            keys[name].insert(0, tuple(names))
        elif kind == "UNIQUE":
            keys[name].append(tuple(names))
        elif kind == "FOREIGN KEY":
            foreign[name].append(ForeignKey(tuple(names), str(other).lower(), tuple(others)))
        elif kind == "CHECK":
            checks[name].append(str(expression))
    return keys, foreign, checks
