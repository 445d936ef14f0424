"""What the `database` of a sample may be: a file, a folder of tables, or the tables themselves.

    shop.sql, shop.duckdb, shop.sqlite     a dump or a database file; .duckdb and .sqlite are told by their first bytes, not by their names
    shop/                                  a folder of .csv and .parquet files: one table for each, named as the file without its suffix
                                           (hidden files and inner folders are left out)
    {"people": [{"id": 1, "name": "Ann"}]} tables (see `written_tables.py`), as a dict or as its JSON text

`source_of` only looks; the engines open what it found. A file is identified by its path, time of change and size, so a changed one is opened
anew. A path is taken from the current folder; where nothing lies there, it may name a fixture that comes with this grader: `shop.sql`.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from rewardkit import Unscored

from .written_tables import WrittenTable, written_tables

SourceKind = Literal["sql", "duckdb", "sqlite", "folder", "tables"]
BUNDLED = Path(__file__).parent.parent / "fixtures"
UNDECLARED: frozenset[SourceKind] = frozenset({"folder", "tables"})
"""The kinds that cannot declare constraints."""
TABLE_SUFFIXES = (".csv", ".parquet")

_ALLOWED = (
    "allowed: a .sql dump, a .duckdb or .sqlite file, a folder of .csv and .parquet files, "
    'or tables: {"people": [{"id": 1, "name": "Ann"}]}'
)
_CACHED = 256


@dataclass(frozen=True, slots=True)
class Source:
    """A database that can be opened. `key` identifies its content: the same key means the same rows.

    name: what messages call it.
    path: the file or folder, absolute; None for tables.
    tables: by name; None for files and folders.
    """

    key: str
    name: str
    kind: SourceKind
    path: Path | None = None
    tables: Mapping[str, WrittenTable] | None = None


def source_of(database: object) -> Source:
    """The database that a sample names or holds; Unscored (bad_reference) says what is wrong with it."""
    if isinstance(database, str | Path):
        text = str(database)
        return _of_json(text) if text.lstrip().startswith("{") else _of_path(text)
    if isinstance(database, Mapping):
        return _of_tables(database)
    raise _bad(f"is of type {type(database).__name__}; {_ALLOWED}")


def table_files(folder: Path) -> list[Path]:
    """The folder's files that are tables, by name."""
    return [folder / name for name, _, _ in _table_stats(folder)]


def _table_stats(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of each file that is a table, by name."""
    with os.scandir(folder) as entries:
        stats = [(entry.name, entry.stat()) for entry in entries if _is_table(entry)]
    return tuple(sorted((name, found.st_mtime_ns, found.st_size) for name, found in stats))


def _is_table(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(TABLE_SUFFIXES) and not entry.name.startswith(".") and entry.is_file()


def _of_path(text: str) -> Source:
    path, found = _located(text)
    if stat.S_ISDIR(found.st_mode):
        try:
            return _of_folder(text, path, found.st_dev, found.st_ino, _table_stats(path))
        except OSError as error:
            raise _bad(f"cannot be read: {error.strerror}", text) from None
    return _of_file(text, path, found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def _located(text: str) -> tuple[Path, os.stat_result]:
    if not text.strip():
        raise _bad(f"is empty; {_ALLOWED}")
    given = Path(text).expanduser()
    for path in (given, BUNDLED / given):
        try:
            return path, path.stat()
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:  # ValueError: a NUL character
            raise _bad(f"cannot be opened: {getattr(error, 'strerror', error)}; {_ALLOWED}", text) from None
    raise _bad(f"is not a file or folder (looked in {Path.cwd()}); {_ALLOWED}", text)


@lru_cache(maxsize=_CACHED)
def _of_file(text: str, path: Path, device: int, inode: int, changed: int, size: int) -> Source:
    """Device and inode make the answer for a relative path hold in whatever folder it is asked for."""
    file = path.resolve()
    return Source(f"{file}|{changed}|{size}", file.name, _kind_of(file, text), file)


def _kind_of(file: Path, text: str) -> SourceKind:
    try:
        with file.open("rb") as handle:
            start = handle.read(16)
    except OSError as error:
        raise _bad(f"cannot be read: {error.strerror}", text) from None
    if start == b"SQLite format 3\x00":
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    if file.suffix.lower() == ".sql":
        return "sql"
    if file.suffix.lower() in TABLE_SUFFIXES:
        raise _bad(f"is a single table; give the folder that holds it: {file.parent}", text)
    what = "is empty" if not start else f"is none of these ('{file.suffix}'), or the file is damaged"
    raise _bad(f"{what}; {_ALLOWED}", text)


@lru_cache(maxsize=_CACHED)
def _of_folder(
    text: str, path: Path, device: int, inode: int, files: tuple[tuple[str, int, int], ...]
) -> Source:
    if not files:
        raise _bad("is a folder without .csv or .parquet files; each such file is a table", text)
    names: dict[str, str] = {}
    for name, _, _ in files:
        table = Path(name).stem.lower()
        if table in names:
            raise _bad(f"holds {names[table]} and {name}, which are the same table; leave one of them", text)
        names[table] = name
    folder = path.resolve()
    return Source(f"{folder}|{_digest(repr(files))}", folder.name, "folder", folder)


@lru_cache(maxsize=_CACHED)
def _of_json(text: str) -> Source:
    try:
        tables = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad(f"is not readable as JSON: {error}; {_ALLOWED}") from None
    return _of_tables(tables)


_tables: dict[str, Source] = {}


def _of_tables(tables: Mapping[object, object]) -> Source:
    """The text of the whole is what identifies it; reading the tables is done once for each."""
    key = f"tables|{_digest(repr(tables))}"
    if key not in _tables:
        try:
            written = written_tables(tables)
        except ValueError as error:
            raise _bad(f"of the sample: {error}") from None
        while len(_tables) >= _CACHED:
            _tables.pop(next(iter(_tables)))
        _tables[key] = Source(key, "the sample's tables", "tables", tables=written)
    return _tables[key]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _bad(what: str, text: str = "") -> Unscored:
    shown = f" {text[:100]!r}" if text else ""
    return Unscored(f"database{shown} {what}", cause="bad_reference")
