"""Writing files that a `kill -9` at any byte cannot spoil: whole files by rename, lines by append and repair.

A line counts only with its newline. What follows the last newline is the rest of a write that was cut off; it is removed before the
next line is written, so that nothing is ever glued to it. Text is written as ASCII (`\\ud800`, `\\u0000`), which keeps lone surrogates
and control characters of model output intact.

A batch of lines is one write and one fsync, and a new file or a replaced one is followed by an fsync of its folder, but for what is
written without `force` and forced to disk later. So

    kill -9        costs the batch that is being written, at most: whole lines of it may be there, half a line never counts
    power cut      the same, where the disk keeps what it has acknowledged; on one that does not, whatever it had in its cache
    full disk      the batch is taken back and the call raises CannotWrite; nothing that was there before is touched

The caller decides what a batch is. Reading does not verify contents: a flipped bit that leaves a line valid is not noticed.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rewardkit.errors import CannotWrite

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
    return plain_line(plain(value))


def plain_line(value: Any) -> bytes:
    """`json_line` of what is plain already."""
    return _ENCODER.encode(value).encode("ascii") + b"\n"


def write_json(path: Path, value: Any) -> None:
    """Replace the file by the value, indented: readers see the old content or the new one, never a part."""
    replace_file(path, json.dumps(plain(value), ensure_ascii=True, indent=2).encode("ascii") + b"\n")


def replace_file(path: Path, content: bytes, *, force: bool = True) -> None:
    """Write beside the file, force to disk, rename over it. One writer at a time: the name of the temporary file is fixed.

    `force` False leaves the disk to `force_to_disk`: a kill costs nothing more, a power cut before that may cost the file.
    """
    replace_lines(path, (content,), force=force)


def replace_lines(path: Path, lines: Iterable[bytes], *, force: bool = True) -> None:
    """`replace_file` for contents of any length, which are written as they come; when that fails, the old file stays."""
    temporary = path.with_name(f".{path.name}.tmp")
    with writing(path):
        try:
            with temporary.open("wb") as handle:
                handle.writelines(lines)
                handle.flush()
                if force:
                    os.fsync(handle.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        if force:
            sync_folder(path.parent)


def force_to_disk(paths: Iterable[Path]) -> None:
    """What was written to these files without force, and their names. A file that is gone is left out."""
    folders = set()
    for path in paths:
        with writing(path), suppress(FileNotFoundError):
            _sync(path)
            folders.add(path.parent)
    for folder in folders:
        with writing(folder):
            sync_folder(folder)


def append_lines(path: Path, values: Iterable[Any], *, force: bool = True) -> None:
    """Append one line of JSON per value: see `append`."""
    append(path, b"".join(json_line(value) for value in values), force=force)


def append(path: Path, content: bytes, *, force: bool = True) -> None:
    """Append whole lines in one write, then force to disk: a call that returned survives a power cut (`force` False: see `replace_file`).

    A call that raises has taken back what it wrote, as far as the disk lets it. Raises CannotWrite.
    """
    if not content:
        return
    with writing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            size = _cut_to_whole_lines(descriptor)
            try:
                _write(descriptor, content)
                if force:
                    os.fsync(descriptor)
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if size == 0 and force:
            sync_folder(path.parent)


def lines(path: Path) -> Iterator[bytes]:
    """The finished lines of a file without their newlines, one at a time; none when there is no file."""
    with suppress(FileNotFoundError), path.open("rb") as handle:
        for line in handle:
            if line.endswith(b"\n"):
                yield line[:-1]


def repair_lines(path: Path) -> int:
    """Cut off what follows the last newline, the rest of an interrupted write; returns the number of bytes removed."""
    with writing(path), suppress(FileNotFoundError), path.open("r+b") as handle:
        size = handle.seek(0, os.SEEK_END)
        return size - _cut_to_whole_lines(handle.fileno())
    return 0


def drop_lines(path: Path, unwanted: Callable[[bytes], bool]) -> int:
    """Rewrite the file without the unwanted lines, atomically; returns how many they were."""
    dropped = {number for number, line in enumerate(lines(path)) if unwanted(line)}
    if dropped:
        kept = (line + b"\n" for number, line in enumerate(lines(path)) if number not in dropped)
        replace_lines(path, kept)
    return len(dropped)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system refuses in here becomes a CannotWrite about `path`."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(str(path), error) from error


def sync_folder(folder: Path) -> None:
    """Force the names of the files in a folder to disk."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    """All of the content: the system may take less at a time, as it does just before the disk is full."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _cut_to_whole_lines(descriptor: int) -> int:
    """Truncate to the end of the last line where anything follows it; the size that is left, in bytes."""
    size = os.fstat(descriptor).st_size
    keep = _end_of_last_line(descriptor, size)
    if keep < size:
        os.ftruncate(descriptor, keep)
        os.fsync(descriptor)
    return keep


def _end_of_last_line(descriptor: int, size: int) -> int:
    """The offset just after the last newline, 0 when there is none."""
    if size and os.pread(descriptor, 1, size - 1) == b"\n":
        return size
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
