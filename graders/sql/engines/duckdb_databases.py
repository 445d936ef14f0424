"""Open a fixture (a .sql dump, a .duckdb or a .sqlite file) as a locked in-memory DuckDB, once per process.

The fixture is copied into memory, so no query can reach the file: external access is off (files, network, extensions, ATTACH of a file,
secrets), Python variables are not seen, the clock stands still (`clock.py`), one query may take `limit_ms`, and the configuration is
then locked. Queries run on fresh cursors inside a read-only transaction (`execution.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from sqlglot.schema import MappingSchema

from rewardkit import Unscored

from .duckdb_clock import DEFAULT_CLOCK, clock_statements, parse_clock
from .dumps import load_dump
from .duckdb_functions import Functions, functions_of
from ..linking import schema_of
from .sqlite_files import copy_sqlite

QUERY_LIMIT_MS = 2_000
MEMORY_LIMIT = "256MB"
MAX_OPEN = 32
BUNDLED = Path(__file__).parent.parent / "fixtures"

Columns = dict[str, dict[str, dict[str, str]]]  # schema -> table -> column -> type


@dataclass(frozen=True, slots=True)
class Database:
    """An open fixture. `key` identifies its content: the same key means the same rows."""

    key: tuple[str, int, int, str]
    name: str
    connection: duckdb.DuckDBPyConnection
    columns: Columns
    schema: MappingSchema
    functions: Functions

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh session on the fixture in which every schema's tables are found by their bare names."""
        cursor = self.connection.cursor()
        cursor.execute(f"SET search_path = '{_search_path(list(self.columns))}'")
        return cursor

    def tables(self) -> list[str]:
        """Quoted, schema-qualified names of all tables and views, in order of the catalogue."""
        return [f'"{schema}"."{table}"' for schema, tables in self.columns.items() for table in tables]


_open: OrderedDict[tuple[str, int, int, str], Database] = OrderedDict()


def open_database(path: str, *, clock: str = DEFAULT_CLOCK) -> Database:
    """The fixture at `path`, opened once per process and content; Unscored (bad_reference) when it cannot be used.

    A relative path that does not exist from the current folder may name a fixture shipped with this grader: `shop.sql`.
    """
    file = _resolve(path)
    stat = file.stat()
    key = (str(file), stat.st_mtime_ns, stat.st_size, clock)
    if key in _open and not _is_alive(_open[key]):
        forget(_open[key])
    if key not in _open:
        for stale in [other for other in _open if other[0] == key[0] and other[3] == clock]:
            forget(_open[stale])
        _open[key] = load_database(file, clock=clock)
        while len(_open) > MAX_OPEN:
            forget(next(iter(_open.values())))
    _open.move_to_end(key)
    return _open[key]


def _is_alive(database: Database) -> bool:
    """Whether the fixture still answers; a fatal error inside DuckDB ends every later query on it."""
    try:
        database.connection.execute("SELECT 1")
    except duckdb.Error:
        return False
    return True


def forget(database: Database) -> None:
    """Close a fixture and drop it from the cache; the next use opens it again."""
    _open.pop(database.key, None)
    database.connection.close()


def load_database(file: Path, *, clock: str = DEFAULT_CLOCK, limit_ms: int = QUERY_LIMIT_MS) -> Database:
    """Open a fixture outside the cache; `limit_ms` bounds each query. Unscored (bad_reference) says what is wrong with the file."""
    try:
        moment = parse_clock(clock)
    except ValueError as error:
        raise Unscored(f"clock {clock!r}: {error}", cause="bad_reference") from None
    connection = duckdb.connect(":memory:", config=dict(_CONFIG))
    try:
        _fill(connection, file, moment)
        columns = _columns_of(connection)
        functions = functions_of(connection)
        _lock(connection, limit_ms)
    except (duckdb.Error, OSError, ValueError) as error:
        connection.close()
        raise Unscored(f"database {file}: {error}", cause="bad_reference") from None
    stat = file.stat()
    key = (str(file), stat.st_mtime_ns, stat.st_size, clock)
    return Database(key, file.name, connection, columns, schema_of(columns), functions)


_CONFIG = {
    "python_enable_replacements": "false",  # else `FROM gold` reads the caller's Python variable
    "threads": "1",
    "memory_limit": MEMORY_LIMIT,
    "max_temp_directory_size": "0GB",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}


def _fill(connection: duckdb.DuckDBPyConnection, file: Path, moment: datetime) -> None:
    suffix = file.suffix.lower()
    if suffix in (".duckdb", ".ddb", ".db") and _is_duckdb(file):
        _copy_duckdb(connection, file)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for statement in clock_statements(moment):
        connection.execute(statement)
    if suffix == ".sql":
        load_dump(connection, file)
    elif _is_sqlite(file):
        copy_sqlite(connection, file)
    elif not _is_duckdb(file):
        raise ValueError(f"'{suffix}' is none of .sql, .duckdb, .sqlite, or the file is damaged")


def _copy_duckdb(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    quoted = str(file).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS fixture_file (READ_ONLY)")
    connection.execute("COPY FROM DATABASE fixture_file TO memory")
    connection.execute("DETACH fixture_file")


def _lock(connection: duckdb.DuckDBPyConnection, limit_ms: int) -> None:
    # GLOBAL: without it the limit holds for this connection only, not for its cursors (measured on DuckDB 2.0)
    connection.execute(f"SET GLOBAL max_execution_time = {limit_ms}")
    connection.execute("SET lock_configuration = true")


def _columns_of(connection: duckdb.DuckDBPyConnection) -> Columns:
    columns: Columns = {}
    rows = connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY schema_name, table_oid, column_index"
    ).fetchall()
    for schema, table, column, kind in rows:
        columns.setdefault(schema, {}).setdefault(table, {})[column] = kind
    if not columns:
        raise ValueError("holds no tables")
    return columns


def _search_path(schemas: list[str]) -> str:
    """`main` first: the clock's macros live there."""
    names = ["main", *(schema for schema in schemas if schema != "main")]
    return ",".join('"' + name.replace('"', '""') + '"' for name in names).replace("'", "''")


def _resolve(path: str) -> Path:
    given = Path(path).expanduser()
    for file in (given, BUNDLED / given):
        if file.is_file():
            return file.resolve()
    raise Unscored(f"database {path!r} is not a file (looked in {Path.cwd()})", cause="bad_reference")


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as handle:
        return handle.read(16) == b"SQLite format 3\x00"


def _is_duckdb(file: Path) -> bool:
    with file.open("rb") as handle:
        return handle.read(12)[8:12] == b"DUCK"
