"""Scores kept in a SQLite file, for later runs and for several processes at the same time.

    file = ScoreFile(Path(".rewardkit/scores.sqlite"))     # nothing happens before the first look-up
    file.put({key: (Score(1.0),)})
    file.get([key])                                        # {key: (Score(1.0),)}

The file is in WAL mode with synchronous=NORMAL: a power cut may cost the last scores stored, which are then graded again, and never damages
the file. Values are JSON. Each row carries a seal over its key and value, so that a flipped bit is a miss and not another score.

A file that is damaged, no database at all, or of another version is set aside (renamed to `NAME.set-aside`) with a warning, and a new one
begun. Whatever else goes wrong (a folder that cannot be written, a disk error, a file that another process keeps locked, a database that
something else made) turns it off with one warning; a full disk, or a file of 1 GiB, ends storing only. Nothing here raises for any of
that. It is for the processes of one machine: on a network file system give every machine a file of its own.
"""

from __future__ import annotations

import json
import random
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..paths import display_path
from ..scores import Score, from_wire, to_wire

if TYPE_CHECKING:
    from sqlite3 import Connection

Scores: TypeAlias = tuple[Score, ...]

VERSION = 1  # of the table and of what is in it; a change of either raises it
APPLICATION = 0x72776B73  # "rwks", in the file's header
MOST_BYTES = 1 << 30
BUSY_SECONDS = 5.0

_AT_A_TIME = 500  # keys in one statement
_ASIDE = ".set-aside"
_CREATE = "CREATE TABLE IF NOT EXISTS scores (key BLOB PRIMARY KEY, value BLOB, seal BLOB) WITHOUT ROWID"

_T = TypeVar("_T")
_inherited: list[
    Connection
] = []  # of a parent process: closing one in its child would release the parent's locks


class _OtherVersion(Exception):
    """The file was written by another version of rewardkit."""


class _NotOurs(OSError):
    """The file is a database that something else made."""


class ScoreFile:
    """See the module. It is one thread's at a time: `ScoreCache` holds a lock.

    `busy_seconds`: how long to wait for other processes. `most_bytes`: from that size on nothing more is stored.
    """

    def __init__(
        self, path: Path, *, busy_seconds: float = BUSY_SECONDS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._most_bytes = most_bytes
        self._connection: Connection | None = None
        self._inode: int | None = None
        self._off = False
        self._full = False
        self._begun_anew = False

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Scores]:
        """What is stored under those keys."""
        return self._attempt(lambda connection: _select(connection, keys), {})

    def put(self, scores: Mapping[bytes, Scores]) -> None:
        """Store all of them in one transaction; values that JSON cannot hold are left out."""
        rows = [row for key, value in scores.items() if (row := _row(key, value)) is not None]
        if rows and not self._full:
            self._attempt(lambda connection: _insert(connection, rows), None)

    def close(self) -> None:
        """End for good: afterwards nothing is found and nothing stored."""
        self._off = True
        self.disconnect()

    def disconnect(self) -> None:
        """Close the file until it is used again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _attempt(self, work: Callable[[Connection], _T], otherwise: _T) -> _T:
        if self._off:
            return otherwise
        import sqlite3

        try:
            return work(self._connected())
        except _OtherVersion as problem:
            self._set_aside(str(problem))
        except UnicodeDecodeError:  # SQLite quotes what it found in the file
            self._set_aside("it is damaged")
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                self._set_aside(str(error))
            elif code == sqlite3.SQLITE_FULL and self._connection is not None:
                self._full = True
                self._warn(f"{error}. No more scores are stored there; it may be deleted.")
            else:
                self._turn_off(str(error))
        except OSError as error:
            self._turn_off(error.strerror or str(error))
        except MemoryError:  # a damaged length, or the truth
            self._turn_off("out of memory")
        return otherwise

    def _connected(self) -> Connection:
        if self._connection is not None:
            return self._connection
        _make_folder(self._path.parent)
        connection = _connect(self._path, self._busy_seconds)
        self._inode = _inode(self._path)
        try:
            _prepare(connection, self._busy_seconds, self._most_bytes)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _set_aside(self, why: str) -> None:
        """Rename the file, once; the next use begins a new one. Not when another process has done so already."""
        self.disconnect()
        if _inode(self._path) != self._inode:
            return
        if self._begun_anew:
            self._turn_off(why)
            return
        self._begun_anew = True
        aside = self._path.with_name(self._path.name + _ASIDE)
        try:
            for ending in ("-wal", "-shm", ""):  # the file itself last: no new one may meet an old log
                with suppress(FileNotFoundError):
                    Path(f"{self._path}{ending}").replace(f"{aside}{ending}")
        except OSError as error:
            self._turn_off(error.strerror or str(error))
        else:
            self._warn(f"{why}. It was set aside as {aside.name}, and a new file is begun.")

    def _turn_off(self, why: str) -> None:
        self.close()
        self._warn(f"{why}. Scores are not kept on disk in this process; grading goes on.")

    def _warn(self, text: str) -> None:
        warnings.warn(f"score cache {display_path(self._path)}: {text}", RuntimeWarning, stacklevel=2)


def _connect(path: Path, busy_seconds: float) -> Connection:
    import sqlite3

    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    connection.text_factory = bytes  # a damaged row may claim to be a text that is no UTF-8
    return connection


def _prepare(connection: Connection, busy_seconds: float, most_bytes: int) -> None:
    """Check whose file it is, or make it ours. Patient: switching to WAL does not wait for other processes by itself."""
    import sqlite3

    end = time.monotonic() + busy_seconds
    while True:
        try:
            return _prepare_once(connection, most_bytes)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(random.uniform(0.005, 0.05))


def _prepare_once(connection: Connection, most_bytes: int) -> None:
    connection.execute("BEGIN")  # one look: another process may be making it ours between two of these
    with connection:
        version = _number(connection, "PRAGMA user_version")
        application = _number(connection, "PRAGMA application_id")
        tables = _number(connection, "SELECT count(*) FROM sqlite_master")
    is_new = (version, application, tables) == (0, 0, 0)
    if not is_new and application != APPLICATION:
        raise _NotOurs("it is a database that something else made")
    if not is_new and version != VERSION:
        raise _OtherVersion(f"it has version {version}, and this rewardkit writes version {VERSION}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA max_page_count={most_bytes // _number(connection, 'PRAGMA page_size')}")
    if is_new:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            connection.execute(_CREATE)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={VERSION}")


def _number(connection: Connection, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])


def _select(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, Scores]:
    found: dict[bytes, Scores] = {}
    for start in range(0, len(keys), _AT_A_TIME):
        some = keys[start : start + _AT_A_TIME]
        marks = ",".join("?" * len(some))
        rows = connection.execute(f"SELECT key, value, seal FROM scores WHERE key IN ({marks})", some)
        found.update(_readable(rows))
    # The index of a damaged file may lead to other rows.
    return {key: found[key] for key in keys if key in found}


def _insert(connection: Connection, rows: Sequence[tuple[bytes, bytes, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?)", rows)


def _row(key: bytes, scores: Scores) -> tuple[bytes, bytes, bytes] | None:
    try:
        text = json.dumps([to_wire(score) for score in scores], ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return None
    value = text.encode("utf-8", "surrogatepass")
    return key, value, _seal(key, value)


def _readable(rows: Iterable[tuple[bytes, bytes, bytes]]) -> Iterable[tuple[bytes, Scores]]:
    for key, value, seal in rows:
        try:
            if seal != _seal(key, value):
                continue
            wires = json.loads(value.decode("utf-8", "surrogatepass"))
            scores = tuple(from_wire(wire) for wire in wires)
        except (TypeError, ValueError, AttributeError, RecursionError):
            continue
        if all(score.cause is None for score in scores):
            yield key, scores


def _seal(key: bytes, value: bytes) -> bytes:
    return blake2b(value, key=key, digest_size=8).digest()


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _make_folder(folder: Path) -> None:
    """Make it if need be; a folder that is ours is kept out of git."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if (is_new or folder.name == ".rewardkit") and not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")
