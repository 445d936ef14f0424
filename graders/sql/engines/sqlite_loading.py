"""Open a source as a SQLite connection: a .sqlite file where it lies, anything else copied into memory.

A .sqlite file is opened read-only and `immutable`: SQLite takes no locks and looks for no journal, so nothing beside it is made or read, and
a query is a fifth faster. A file that another program is writing, which its journal shows, is refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from .sources import Source
from .sqlite_clock import Function
from .sqlite_copies import copy_path, create_tables
from .sqlite_dumps import run_dump

Functions = Mapping[tuple[str, int], Function]

_STATEMENTS = (
    16  # kept compiled by a connection; of the usual 128, hundreds of connections would fill the memory
)


def connect(functions: Functions, path: str = ":memory:", *, uri: bool = False) -> sqlite3.Connection:
    """A connection without transactions of its own, on which `functions` replace SQLite's; the caller sees to threads."""
    connection = sqlite3.connect(
        path, uri=uri, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
    )
    for (name, arguments), function in functions.items():
        connection.create_function(name, arguments, function, deterministic=True)
    return connection


def load(source: Source, functions: Functions) -> sqlite3.Connection:
    """The source as a connection without limits yet; ValueError, sqlite3.Error or duckdb.Error say what is wrong."""
    if source.kind == "sqlite" and source.path is not None:
        _refuse_unfinished(source.path)
        return connect(functions, f"{source.path.as_uri()}?mode=ro&immutable=1", uri=True)
    connection = connect(functions)
    try:
        if source.tables is not None:
            create_tables(connection, source.tables)
        elif source.path is not None and source.kind == "sql":
            run_dump(connection, source.path)
        elif source.path is not None:
            copy_path(connection, source.path)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_unfinished(file: Path) -> None:
    for suffix, remedy in (
        ("-wal", "close the program that writes it"),
        ("-journal", "open it once with sqlite3"),
    ):
        beside = file.with_name(file.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise ValueError(f"{beside.name} beside it holds changes that are not in it yet; {remedy}")
