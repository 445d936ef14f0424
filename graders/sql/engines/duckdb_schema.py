"""The facts of a DuckDB catalogue: tables, columns, keys, views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from .schema import Column, ForeignKey, Schema, TableSchema, with_foreign_keys

_COLUMNS = """
    SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
    WHERE NOT internal AND database_name = 'memory' ORDER BY schema_name, table_oid, column_index
"""
_CONSTRAINTS = """
    SELECT schema_name, table_name, constraint_type, constraint_column_names, expression, referenced_table, referenced_column_names
    FROM duckdb_constraints() WHERE database_name = 'memory' ORDER BY schema_name, table_oid, constraint_index
"""
_VIEWS = """
    SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal AND database_name = 'memory' ORDER BY view_oid
"""

Name = tuple[str, str]


def schema_of(connection: duckdb.DuckDBPyConnection, foreign: Mapping[str, Sequence[ForeignKey]]) -> Schema:
    """The tables of the connection's own catalogue; `foreign` adds the foreign keys that were left out when they were created.

    ValueError when there are none.
    """
    columns: dict[Name, list[Column]] = defaultdict(list)
    for schema, table, column, kind, nullable in connection.execute(_COLUMNS).fetchall():
        columns[schema, table].append(Column(column, kind, nullable))
    if not columns:
        raise ValueError("holds no tables")
    views = {(schema, view) for schema, view, _ in connection.execute(_VIEWS).fetchall()}
    keys, own, checks = _constraints(connection)
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
    return with_foreign_keys(tables, foreign)


def views_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The CREATE VIEW statements of the given catalogue, in the order in which they were made."""
    return [str(sql) for _, _, sql in connection.execute(_VIEWS).fetchall()]


def _constraints(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[dict[Name, list[tuple[str, ...]]], dict[Name, list[ForeignKey]], dict[Name, list[str]]]:
    """Unique keys (the primary one first), foreign keys and CHECK conditions by table."""
    keys: dict[Name, list[tuple[str, ...]]] = defaultdict(list)
    foreign: dict[Name, list[ForeignKey]] = defaultdict(list)
    checks: dict[Name, list[str]] = defaultdict(list)
    for schema, table, kind, names, expression, other, others in connection.execute(_CONSTRAINTS).fetchall():
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
