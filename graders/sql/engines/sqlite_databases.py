"""A SQLite database for grading, on Python's own sqlite3: the given rows, and generated instances beside it in memory.

The layers, from outside to inside; each holds without the others:

    sqlite_text.py        one statement, bounded in size and in what its WITH parts multiply to
    sqlite_authorizer.py  an allowlist of what may be read and called, asked by SQLite's compiler
    sqlite_limits.py      time, memory, lengths; PRAGMA query_only
    sqlite_loading.py     a file is opened read-only and immutable; anything else is a copy in memory
    sqlite_clock.py       the clock stands still;  sqlite_functions.py: no call takes long

Every connection is opened once and used for all runs. A query leaves nothing behind: it cannot write, set or attach anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Literal

import duckdb

from rewardkit import Unscored

from .duckdb_clock import parse_clock
from .engine import GIVEN, MAX_ROWS, QUERY_LIMIT_MS, Failure, PortableRow, Query, Refusal, Table
from .inferring import with_inferred
from .schema import Schema
from .sources import UNDECLARED, Source
from .sqlite_authorizer import Authorizer
from .sqlite_clock import clock_functions
from .sqlite_copies import insert
from .sqlite_functions import bounded_functions
from .sqlite_limits import HEAP_LIMIT, Bounds, limit, longest_value
from .sqlite_loading import Functions, connect, load
from .sqlite_running import Guarded, compiled, run
from .sqlite_schema import Layout, layout_of, quoted, unsorted
from .sqlite_text import bare_query

_NO_ROOM = (
    f"needs more than {HEAP_LIMIT >> 20} MB of memory; give it as a .sqlite file, which is read where it lies"
)


def open_sqlite(source: Source, *, clock: str, limit_ms: int = QUERY_LIMIT_MS) -> SqliteDatabase:
    """Open a source; `limit_ms` bounds each query. Unscored (bad_reference) says what is wrong with it."""
    try:
        moment = parse_clock(clock)
    except ValueError as error:
        raise Unscored(f"clock {clock!r}: {error}", cause="bad_reference") from None
    bounds = Bounds(limit_ms)
    functions = clock_functions(moment) | bounded_functions(bounds)
    try:
        connection = load(source, functions)
        try:
            layout = layout_of(connection)
            if source.kind in UNDECLARED:
                layout = replace(
                    layout,
                    schema=with_inferred(layout.schema, lambda sql: connection.execute(sql).fetchone()),
                )
            return SqliteDatabase(source, clock, connection, layout, functions, bounds)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, duckdb.Error, OSError, ValueError, MemoryError) as error:
        why = _NO_ROOM if isinstance(error, MemoryError) else str(error)
        raise Unscored(f"database {source.path or source.name}: {why}", cause="bad_reference") from None


class SqliteDatabase:
    """An open database; see `engine.Database` for what each method promises. Threads take turns."""

    engine: Literal["sqlite"] = "sqlite"

    def __init__(
        self,
        source: Source,
        clock: str,
        connection: sqlite3.Connection,
        layout: Layout,
        functions: Functions,
        bounds: Bounds,
    ) -> None:
        self.key = f"sqlite {clock} {source.key}"
        self.name = source.name
        self.schema: Schema = layout.schema
        self._layout = layout
        self._functions = functions
        self._bounds = bounds
        bounds.longest = longest_value(connection)
        self._widest = max(len(table.columns) for table in layout.schema.tables.values())
        self._lock = Lock()
        self._empty = self._guard(self._made({}))  # for compiling: no look at the data
        self._instances = {GIVEN: self._guard(connection)}

    def read(self, text: str) -> Query | Refusal:
        sql = bare_query(text)
        if isinstance(sql, Refusal):
            return sql
        with self._lock:
            return compiled(self._empty, sql)

    def run(self, query: Query, instance: str = GIVEN, *, max_rows: int = MAX_ROWS) -> Table | Failure:
        with self._lock:
            return run(self._instances[instance], query, max_rows, self.name)

    def rows_of(self, table: str, limit: int) -> list[PortableRow]:
        sql = f"SELECT * FROM {quoted(self.schema.tables[table].name)} LIMIT {limit:d}"
        result = self.run(Query(sql, "sqlite"), max_rows=limit)
        if isinstance(result, Failure):
            raise Unscored(f"database {self.name}: table {table!r}: {result.why}", cause="bad_reference")
        return [tuple(map(_portable, row)) for row in result.rows]

    def add_instance(
        self, name: str, rows: Mapping[str, Sequence[PortableRow]], *, keep_order: bool = False
    ) -> None:
        with self._lock:
            guarded = self._guard(self._made(rows, keep_order=keep_order))
        self.drop_instance(name)
        self._instances[name] = guarded

    def drop_instance(self, name: str) -> None:
        with self._lock:
            if (guarded := self._instances.pop(name, None)) is not None:
                guarded.connection.close()

    def is_alive(self) -> bool:
        try:
            with self._lock:
                self._bounds.start()
                self._instances[GIVEN].connection.execute("SELECT 1").fetchall()
        except (sqlite3.Error, KeyError):
            return False
        return True

    def close(self) -> None:
        for name in list(self._instances):
            self.drop_instance(name)
        self._empty.connection.close()

    def _made(
        self, rows: Mapping[str, Sequence[PortableRow]], *, keep_order: bool = False
    ) -> sqlite3.Connection:
        """A database like the given one, with these rows."""
        connection = connect(self._functions)
        try:
            connection.execute("BEGIN")
            for statement in self._layout.tables:
                connection.execute(unsorted(statement) if keep_order else statement)
            for key, members in rows.items():
                self._insert(connection, key, members)
            for statement in self._layout.views:
                connection.execute(statement)
            connection.execute("COMMIT")
        except (sqlite3.Error, OverflowError, ValueError, MemoryError) as error:
            connection.close()
            raise ValueError(str(error) or "needs more memory than SQLite may use") from None
        return connection

    def _insert(self, connection: sqlite3.Connection, key: str, rows: Sequence[PortableRow]) -> None:
        table, stored = self.schema.tables[key], self._layout.stored[key]
        width = len(table.columns)
        odd = next((row for row in rows if len(row) != width), None)
        if odd is not None:
            raise ValueError(f"table {table.name!r}: a row of {len(odd)} values for {width} columns")
        if len(stored) < width:
            rows = [tuple(row[i] for i in stored) for row in rows]
        insert(connection, table.name, [table.columns[i].name for i in stored], rows)

    def _guard(self, connection: sqlite3.Connection) -> Guarded:
        # SQLite sets these two up when they are first used, by writing to its catalogue, which the authorizer would refuse.
        connection.execute("SELECT * FROM json_each('[]'), json_tree('[]')").close()
        limit(connection, self._bounds, columns=self._widest)
        authorizer = Authorizer(self._layout.names, self._layout.hidden, self._bounds)
        connection.set_authorizer(authorizer)
        return Guarded(connection, authorizer, self._bounds)


def _portable(value: object) -> int | float | bool | str | None:
    """Bytes become text; a BLOB column takes it as that."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if isinstance(value, int | float | str) else None
