"""The key under which a score is kept: a hash of the grader's fingerprint and of the arguments it asked for.

    key_of("9f86d081884c7d65", {"completion": "42", "reference": "42"})     # 16 bytes, the same in every process

Two calls have one key only when the grader cannot tell them apart. Every argument is written with a tag of its type and with its length, so
1, 1.0, True, "1" and ["1"] are five values, and no two texts run into each other. Floats are told apart by their bits (-0.0 is not 0.0, a NaN
equals itself). In a dict the order of its keys counts, because a grader can see it (`json.dumps(sample)`); the order of the arguments does
not, because they are passed by name.

A text that names a file adds the file's size, times of change and inode: a grader whose column is the path of a database is not given the
score of another content, not even of one that was put there with the old file's size and date (`cp -p`, `tar`, `rsync -t`). For a folder they
are those of its own entry, which change when files are added or removed and not when one is rewritten.

In a column that the grader declares to hold paths (`files=`), the content counts instead, that of a folder too: see `named_files`.

What it does not see: the network, and files that no argument names. For those there is `@reward(version=...)`, or `cache=False`.
"""

from __future__ import annotations

import os
import struct
import time as clock
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timezone
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

MAX_DEPTH = 64  # of lists and dicts in each other
MAX_PARTS = (
    100_000  # values in one call: about 40 ms; it also ends what lists repeated in each other multiply to
)

_LONGEST_PATH = 1000  # characters
_SETTLED_NS = (
    50_000_000  # a second change within one tick of a file system's clock (10 ms at most) leaves no trace
)

_FLOAT = struct.Struct("<cd").pack


class _Parts(list[bytes]):
    """What a key is a hash of. `files` are those whose content stands at its end, so that nothing else of them counts."""

    __slots__ = ("files",)
    files: Mapping[str, str]


class _NotReusable(Exception):
    """A value that has no key."""


def key_of(
    fingerprint: str, values: Mapping[str, Any], files: Mapping[str, str] = MappingProxyType({})
) -> bytes | None:
    """16 bytes for a call of the grader with that fingerprint, or None when its score must not be reused.

    That is so for an argument that is, or holds, something else than None, bool, int, float, str, bytes, list, tuple, dict, Decimal, date,
    time or datetime (without a time zone, or with a fixed offset), exactly of that type; for one nested deeper than `MAX_DEPTH` or of
    more than `MAX_PARTS` values; and for the path of a file that was written just now. `files` are the files that count by their content
    instead: digests by name.
    """
    names = sorted(values)
    parts = _Parts((_head(fingerprint, *names),))
    parts.files = files
    try:
        for name in names:
            _write(values[name], parts, 0)
        for name in sorted(files):
            _text(name, parts, 0)
            parts.append(files[name].encode())
    except (_NotReusable, RecursionError):
        return None
    return blake2b(b"".join(parts), digest_size=16).digest()


@lru_cache(maxsize=1024)
def _head(fingerprint: str, *names: str) -> bytes:
    """The same for all calls of one grader."""
    texts = [text.encode("utf-8", "surrogatepass") for text in (fingerprint, *names)]
    return b"".join(b"%d:%b" % (len(text), text) for text in (b"%d" % len(names), *texts))


def _write(value: Any, parts: _Parts, depth: int) -> None:
    write = _WRITERS.get(type(value))
    if write is None:
        raise _NotReusable
    write(value, parts, depth)


def _text(value: str, parts: _Parts, depth: int) -> None:
    data = value.encode("utf-8", "surrogatepass")
    parts.append(b"s%d:" % len(data))
    parts.append(data)
    if value not in parts.files and len(value) < _LONGEST_PATH and "\n" not in value and "\0" not in value:
        parts.append(_file(value))


def _file(name: str) -> bytes:
    """Size, times of change (of the content, of the entry) and inode of the file of that name, nothing when there is none."""
    path = os.path.expanduser(name) if name[:1] == "~" else name  # noqa: PTH111
    try:
        if not os.access(path, os.F_OK):  # a third of what a failing os.stat costs
            return b""
        entry = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):  # ValueError: a lone surrogate
        return b""
    if clock.time_ns() - entry.st_mtime_ns < _SETTLED_NS:
        raise _NotReusable
    state = (entry.st_size, entry.st_mtime_ns, entry.st_ctime_ns, entry.st_ino)
    return b"f%d:%d:%d:%d;" % state  # no value has the tag f


def _bytes(value: bytes, parts: _Parts, depth: int) -> None:
    parts.append(b"b%d:" % len(value))
    parts.append(value)


def _int(value: int, parts: _Parts, depth: int) -> None:
    size = value.bit_length() // 8 + 1
    parts.append(b"i%d:%b" % (size, value.to_bytes(size, "little", signed=True)))


def _float(value: float, parts: _Parts, depth: int) -> None:
    parts.append(_FLOAT(b"d", value))


def _list(value: list[Any] | tuple[Any, ...], parts: _Parts, depth: int) -> None:
    parts.append((b"l%d:" if type(value) is list else b"t%d:") % len(value))
    _check_size(len(value), parts, depth)
    for item in value:
        _write(item, parts, depth + 1)


def _dict(value: dict[Any, Any], parts: _Parts, depth: int) -> None:
    parts.append(b"m%d:" % len(value))
    _check_size(2 * len(value), parts, depth)
    for key, item in value.items():
        _write(key, parts, depth + 1)
        _write(item, parts, depth + 1)


def _check_size(more: int, parts: _Parts, depth: int) -> None:
    if depth >= MAX_DEPTH or len(parts) + more > MAX_PARTS:
        raise _NotReusable


def _moment(value: datetime | time, parts: _Parts, depth: int) -> None:
    if value.tzinfo is not None and type(value.tzinfo) is not timezone:
        raise _NotReusable  # rules of a zone are data that may change
    _by_repr(value, parts, depth)


def _by_repr(value: object, parts: _Parts, depth: int) -> None:
    """For types of the standard library whose repr says everything, their name included."""
    data = repr(value).encode("utf-8", "surrogatepass")
    parts.append(b"r%d:%b" % (len(data), data))


_WRITERS: dict[type, Callable[[Any, _Parts, int], None]] = {
    type(None): lambda value, parts, depth: parts.append(b"n"),
    bool: lambda value, parts, depth: parts.append(b"T" if value else b"F"),
    int: _int,
    float: _float,
    str: _text,
    bytes: _bytes,
    list: _list,
    tuple: _list,
    dict: _dict,
    Decimal: _by_repr,
    date: _by_repr,
    datetime: _moment,
    time: _moment,
}
