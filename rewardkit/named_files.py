"""The files that rows name, and what is in them: part of what a score depends on, and in no fingerprint.

    @reward(files=("database",))                                  # the values of this column are paths
    NamedFiles([grader]).of({"database": "shop.sql"})             # {"shop.sql": "9f86d081884c7d65"}

A file counts by its content, a folder by the names and contents of all files below it, hidden ones left out; a text that is the path of
nothing counts as the text that it is. Paths are taken from the current folder. docs/design/006-files.md says what follows from it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .errors import DataError
from .grader import Grader

_LONGEST_PATH = 1000  # characters
_SETTLED_NS = 50_000_000  # a second change within one tick of a file system's clock leaves no trace
_PART = 1 << 20  # bytes read at a time
_MOST_KNOWN = 10_000


class _File(NamedTuple):
    """A file below a folder (or, without a name, the file itself) and all that tells a change of it without reading."""

    name: str
    device: int
    inode: int
    size: int
    modified: int
    changed: int


_known: dict[str, tuple[tuple[_File, ...], str]] = {}
"""Digests by path, with the state in which the files were."""


class NamedFiles:
    """The files that rows name to some graders. Each is looked at once: what a row is told of a file holds for the life of this object.

    `digests` has every file seen so far, by the name that rows call it.
    """

    def __init__(self, graders: Iterable[Grader], digests: Mapping[str, str] | None = None) -> None:
        self.digests: dict[str, str] = dict(digests or {})
        self._columns: dict[str, tuple[object, ...]] = {}
        for grader in graders:
            for column, instead in grader.file_columns.items():
                self._columns[column] = (*self._columns.get(column, ()), *instead)

    def of(self, columns: Mapping[str, Any]) -> dict[str, str]:
        """Digests of the files that a row names; where a declared column is empty, those of the parameter's default."""
        found: dict[str, str] = {}
        for column, instead in self._columns.items():
            value = columns.get(column)
            for name in _texts(instead if value is None or value == "" else value):
                digest = self.digests.get(name) or digest_of(name)
                if digest:
                    found[name] = self.digests[name] = digest
        return found

    def check(self) -> None:
        """DataError when a file is no longer what it was: what was made of it belongs to no content at all."""
        for name, digest in self.digests.items():
            if digest_of(name) != digest:
                raise DataError("it changed while completions were graded; run the command again", where=name)


def digest_of(name: str) -> str | None:
    """16 hexadecimal digits for what is in the file or folder of that name; None when there is none, or none that can be read.

    Read once, and again when the size, a time of change or the inode of a file is another one. About a second for a gigabyte.
    """
    if len(name) >= _LONGEST_PATH or "\n" in name or "\0" in name:
        return None
    path = os.path.expanduser(name) if name[:1] == "~" else name  # noqa: PTH111
    try:
        if not os.access(path, os.F_OK):  # a third of what a failing os.stat costs
            return None
        state = tuple(_files(path))
        known = _known.get(name)
        if known is not None and known[0] == state:
            return known[1]
        digest = _read(path, state)
    except (OSError, ValueError):  # ValueError: a lone surrogate
        return None
    if all(time.time_ns() - file.changed > _SETTLED_NS for file in state):
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[name] = (state, digest)
    return digest


def _texts(value: object) -> Iterator[str]:
    """The texts in a value, those in lists too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _files(path: str) -> Iterator[_File]:
    """The file, or the files below a folder in the order of their names. OSError for what is neither."""
    entry = os.stat(path)  # noqa: PTH116
    if not stat.S_ISDIR(entry.st_mode):
        yield _file("", entry)
        return
    inside: list[_File] = []
    seen = set()  # links may lead back
    for folder, folders, names in os.walk(path, followlinks=True):
        if (real := os.path.realpath(folder)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = os.path.join(folder, name)  # noqa: PTH118
            if not name.startswith(".") and os.path.isfile(file):  # noqa: PTH113
                inside.append(_file(os.path.relpath(file, path), os.stat(file)))  # noqa: PTH116
    yield from sorted(inside)


def _file(name: str, entry: os.stat_result) -> _File:
    if not stat.S_ISREG(entry.st_mode):
        raise OSError(f"{name} is no ordinary file")  # reading a pipe would wait for ever
    return _File(name, entry.st_dev, entry.st_ino, entry.st_size, entry.st_mtime_ns, entry.st_ctime_ns)


def _read(path: str, files: Iterable[_File]) -> str:
    """A hash of the names and contents."""
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        name = file.name.encode("utf-8", "surrogateescape")
        digest.update(b"%d:%b%d:" % (len(name), name, file.size))
        with open(os.path.join(path, file.name) if file.name else path, "rb") as handle:  # noqa: PTH118
            while block := handle.read(_PART):
                digest.update(block)
    return digest.hexdigest()
