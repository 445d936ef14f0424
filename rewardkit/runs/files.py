"""Writing files that a `kill -9` at any byte cannot spoil: whole files by rename, lines by append and repair.

A line counts only with its newline. What follows the last newline is the rest of a write that was cut off; it is removed when the
file is opened again, so that the next line is never glued to it. Text is written as ASCII (`\\ud800`, `\\u0000`), which keeps lone
surrogates and control characters of model output intact.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

_BLOCK = 64 * 1024  # bytes read at a time while looking for the last newline


def plain(value: Any) -> Any:
    """The value as JSON has it: string keys, lists, and text for what JSON lacks (a date, bytes, NaN, infinity)."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    return str(value)


def json_line(value: Any) -> bytes:
    """One line of JSON with its newline; the same value gives the same bytes."""
    return json.dumps(plain(value), ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def write_json(path: Path, value: Any) -> None:
    """Replace the file by the value, indented: readers see the old content or the new one, never a part."""
    replace_file(path, json.dumps(plain(value), ensure_ascii=True, indent=2).encode("ascii") + b"\n")


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file, force to disk, rename over it. One writer at a time: the name of the temporary file is fixed."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def append_lines(path: Path, values: Iterable[Any]) -> None:
    """Append one line per value in one write, then force to disk: a call that returned survives a power cut."""
    content = b"".join(json_line(value) for value in values)
    if not content:
        return
    with path.open("ab") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def repair_lines(path: Path) -> int:
    """Cut off what follows the last newline, the rest of an interrupted write; returns the number of bytes removed."""
    if not path.exists():
        return 0
    with path.open("r+b") as handle:
        size = handle.seek(0, os.SEEK_END)
        keep = _end_of_last_line(handle.fileno(), size)
        if keep < size:
            handle.truncate(keep)
            os.fsync(handle.fileno())
    return size - keep


def keep_lines(path: Path, wanted: Callable[[dict[str, Any]], bool]) -> int:
    """Rewrite the file with the wanted lines only, atomically; returns how many were dropped."""
    if not path.exists():
        return 0
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if wanted(json.loads(line))]
    if len(kept) < len(lines):
        replace_file(path, b"".join(kept))
    return len(lines) - len(kept)


def _end_of_last_line(descriptor: int, size: int) -> int:
    """The offset just after the last newline, 0 when there is none."""
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
