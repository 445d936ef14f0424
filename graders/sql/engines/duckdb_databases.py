"""A DuckDB database for grading: a locked in-memory copy of what was given, with generated instances attached beside it.

The given rows are copied into memory, so no query can reach a file: external access is off (files, network, extensions, ATTACH of a file,
secrets), Python variables are not seen, the clock stands still (`duckdb_clock.py`), one query may take `limit_ms`, and the configuration is
then locked. Each run has a fresh cursor and a read-only transaction (`duckdb_running.py`).

An instance is an attached in-memory catalogue with the same schemas and tables; a cursor's search path decides which one a query reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from rewardkit import Unscored

from .duckdb_clock import clock_statements, parse_clock
from .duckdb_functions import INSTANCE_PREFIX, Functions, functions_of
from .duckdb_reading import read
from .duckdb_running import BROKEN, run
from .duckdb_schema import schema_of, views_of
from .duckdb_sources import copy_duckdb, copy_folder, create_tables
from .dumps import load_dump
from .engine import GIVEN, MAX_ROWS, QUERY_LIMIT_MS, Failure, PortableRow, Query, Refusal, Table
from .inferring import with_inferred
from .schema import Schema, TableSchema
from .sources import UNDECLARED, Source
from .sqlite_files import copy_sqlite

MEMORY_LIMIT = "256MB"

# Types whose values travel as they are; all others as text.
_NATIVE = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DOUBLE", "FLOAT", "BOOLEAN",
    "VARCHAR",
})  # fmt: skip

# Planning takes most of the time on small tables: these keep joins and subqueries from exploding, the other thirty cost a fifth of a query.
_OPTIMIZERS = frozenset({
    "filter_pushdown", "filter_pullup", "join_order", "unused_columns", "deliminator", "unnest_rewriter", "column_lifetime",
    "limit_pushdown", "top_n", "in_clause", "regex_range", "cte_inlining", "build_side_probe_side", "materialized_cte",
})  # fmt: skip

_CONFIG = {
    "python_enable_replacements": "false",  # else `FROM gold` reads the caller's Python variable
    "threads": "1",
    "memory_limit": MEMORY_LIMIT,
    "temp_directory": "",  # else a large sort makes a folder `.tmp` where the process stands
    "max_temp_directory_size": "0GB",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}


def open_duckdb(source: Source, *, clock: str, limit_ms: int = QUERY_LIMIT_MS) -> DuckDBDatabase:
    """Open a source; `limit_ms` bounds each query. Unscored (bad_reference) says what is wrong with it."""
    try:
        moment = parse_clock(clock)
    except ValueError as error:
        raise Unscored(f"clock {clock!r}: {error}", cause="bad_reference") from None
    connection = duckdb.connect(":memory:", config=dict(_CONFIG))
    try:
        declared = _fill(connection, source, moment)
        database = DuckDBDatabase(source, clock, connection, declared)
        _lock(connection, limit_ms)
    except (duckdb.Error, OSError, ValueError) as error:
        connection.close()
        raise Unscored(f"database {source.path or source.name}: {error}", cause="bad_reference") from None
    return database


class DuckDBDatabase:
    """An open database; see `engine.Database` for what each method promises."""

    engine: Literal["duckdb"] = "duckdb"

    def __init__(
        self,
        source: Source,
        clock: str,
        connection: duckdb.DuckDBPyConnection,
        declared: Mapping[str, TableSchema],
    ) -> None:
        self.key = f"duckdb {clock} {source.key}"
        self.name = source.name
        self.connection = connection
        schema = schema_of(connection, declared)
        self.schema = with_inferred(schema, self._count) if source.kind in UNDECLARED else schema
        self.functions: Functions = functions_of(connection)
        self._broken = False
        self._views = views_of(connection)
        self._schemas = _schemas(self.schema)
        self._paths: dict[str, Any] = {GIVEN: self._path("memory")}

    def read(self, text: str) -> Query | Refusal:
        try:
            return read(self.connection, text, self.functions)
        except BROKEN:
            self._broken = True
            return Refusal("the database no longer answers")

    def run(self, query: Query, instance: str = GIVEN, *, max_rows: int = MAX_ROWS) -> Table | Failure:
        result = run(self.connection, self._paths[instance], query, max_rows)
        if isinstance(result, Failure) and result.kind == "broken":
            self._broken = True
        return result

    def rows_of(self, table: str, limit: int) -> list[PortableRow]:
        known = self.schema.tables[table]
        columns = ", ".join(
            _quoted(c.name) if c.type in _NATIVE else f"{_quoted(c.name)}::VARCHAR" for c in known.columns
        )
        cursor = self.connection.cursor()
        try:
            rows: list[PortableRow] = cursor.execute(
                f"SELECT {columns} FROM memory.{_qualified(known.schema, known.name)} LIMIT {limit:d}"
            ).fetchall()
            return rows
        finally:
            cursor.close()

    def add_instance(
        self, name: str, rows: Mapping[str, Sequence[PortableRow]], *, keep_order: bool = False
    ) -> None:
        self.drop_instance(name)
        catalog = _quoted(f"{INSTANCE_PREFIX}{name}")
        try:
            self.connection.execute(f"ATTACH ':memory:' AS {catalog}")
            for schema in self._schemas:
                self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{_quoted(schema)}")
            for key, table in self.schema.tables.items():
                if not table.view:
                    self._create(catalog, key, rows.get(key, ()))
            self._paths[name] = self._path(f"{INSTANCE_PREFIX}{name}")
            self._create_views(name)
        except duckdb.Error as error:
            self.drop_instance(name)
            raise ValueError(str(error)) from None

    def drop_instance(self, name: str) -> None:
        self._paths.pop(name, None)
        try:
            self.connection.execute(f"DETACH DATABASE IF EXISTS {_quoted(INSTANCE_PREFIX + name)}")
        except BROKEN:  # and with the database all its instances are gone
            self._broken = True

    def is_alive(self) -> bool:
        return not self._broken

    def close(self) -> None:
        self._broken = True
        self.connection.close()

    def _count(self, sql: str) -> Sequence[int]:
        return self.connection.execute(sql).fetchone() or ()

    def _create(self, catalog: str, key: str, rows: Sequence[PortableRow]) -> None:
        """One statement with a list for each column: a parameter for each cell would take ten times as long."""
        table = self.schema.tables[key]
        columns = ", ".join(f"{_unnested(c.type)} AS {_quoted(c.name)}" for c in table.columns)
        lists = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in table.columns]
        name = f"{catalog}.{_qualified(table.schema, table.name)}"
        self.connection.execute(f"CREATE TABLE {name} AS SELECT {columns}", lists)

    def _create_views(self, name: str) -> None:
        if not self._views:
            return
        cursor = self.connection.cursor()
        try:
            cursor.execute(self._paths[name])
            for statement in self._views:
                cursor.execute(statement)
        finally:
            cursor.close()

    def _path(self, catalog: str) -> Any:
        """The statement that makes every schema's tables of a catalogue visible by bare names; last the given catalogue's macros."""
        parts = [f"{_quoted(catalog)}.{_quoted(schema)}" for schema in self._schemas]
        path = ",".join(dict.fromkeys([*parts, "memory.main"])).replace("'", "''")
        return self.connection.extract_statements(f"SET search_path = '{path}'")[0]


def _unnested(type_: str) -> str:
    return f"unnest(?::{type_}[])" if type_ in _NATIVE else f"unnest(?::VARCHAR[])::{type_}"


def _schemas(schema: Schema) -> list[str]:
    """`main` first: the clock's macros live there."""
    return list(dict.fromkeys(["main", *(table.schema for table in schema.tables.values())]))


def _fill(connection: duckdb.DuckDBPyConnection, source: Source, moment: datetime) -> dict[str, TableSchema]:
    """Copy the source into memory; the constraints that were left out, by table.

    External access goes off as soon as no file of DuckDB's own has to be read any more.
    """
    path = source.path or Path()
    declared: dict[str, TableSchema] = {}
    if source.kind == "duckdb":
        declared = copy_duckdb(connection, path)
    elif source.kind == "folder":
        copy_folder(connection, path)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for statement in clock_statements(moment):
        connection.execute(statement)
    if source.kind == "sql":
        return load_dump(connection, path)
    if source.kind == "sqlite":
        return copy_sqlite(connection, path)
    if source.kind == "tables":
        create_tables(connection, source.tables or {})
    return declared


def _lock(connection: duckdb.DuckDBPyConnection, limit_ms: int) -> None:
    # GLOBAL: without it the limit holds for this connection only, not for its cursors (measured on DuckDB 2.0)
    connection.execute(f"SET GLOBAL max_execution_time = {limit_ms}")
    optimizers = [name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    left_out = ",".join(name for name in optimizers if name not in _OPTIMIZERS)
    connection.execute(f"SET GLOBAL disabled_optimizers = '{left_out}'")
    connection.execute("SET lock_configuration = true")


def _qualified(schema: str, name: str) -> str:
    return f"{_quoted(schema)}.{_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
