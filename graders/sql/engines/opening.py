"""Open the database of a sample, once per process and content."""

from __future__ import annotations

from collections import OrderedDict

from rewardkit import Unscored
from rewardkit.errors import did_you_mean

from .duckdb_clock import DEFAULT_CLOCK
from .engine import Database
from .sources import Source, source_of

MAX_OPEN = 32
ENGINES = ("duckdb", "sqlite")

_open: OrderedDict[str, Database] = OrderedDict()


def open_database(database: object, *, engine: str = "duckdb", clock: str = DEFAULT_CLOCK) -> Database:
    """The database that a sample names, from those already open where possible; Unscored (bad_reference) when it cannot be used."""
    if engine not in ENGINES:
        raise Unscored(
            f"engine {engine!r}; allowed: {', '.join(ENGINES)}.{did_you_mean(engine, ENGINES)}",
            cause="bad_reference",
        )
    source = source_of(database)
    key = f"{engine} {clock} {source.key}"
    if key in _open and not _open[key].is_alive():
        forget(_open[key])
    if key not in _open:
        _open[key] = _opened(source, engine, clock)
        while len(_open) > MAX_OPEN:
            forget(next(iter(_open.values())))
    _open.move_to_end(key)
    return _open[key]


def forget(database: Database) -> None:
    """Close a database and drop it from the open ones; the next use opens it again."""
    _open.pop(database.key, None)
    database.close()


def _opened(source: Source, engine: str, clock: str) -> Database:
    if engine == "sqlite":
        from .sqlite_databases import (
            open_sqlite,
        )  # the engines are independent: only the one that is used is loaded

        return open_sqlite(source, clock=clock)
    from .duckdb_databases import open_duckdb

    return open_duckdb(source, clock=clock)
