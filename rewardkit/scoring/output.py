"""What a worker's code prints: one file for standard output and standard error, read back for the completion that failed.

The file is opened for appending, so the scorer may empty it while the worker writes. It is emptied when it has grown, so a grader that
prints a page for every completion fills no disk. Only the scorer empties it: in the worker, descriptor 1 may be the author's own file by then.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from typing import Any

SHOWN = 4000
"""Characters of output kept for a completion: the last ones."""

_KEPT = 1 << 20  # bytes after which the file is emptied between two chunks
_MOST = 64 << 20  # bytes after which it is emptied in the middle of one


def output_file() -> Any:
    """A nameless file opened for reading and appending."""
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # lives as long as the worker
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
    return file


class Printed:
    """In a worker: what its code has printed. Nothing, when that code has closed every descriptor that it found."""

    def __init__(self) -> None:
        self._file = os.dup(1)

    def now(self) -> int:
        """How many bytes so far."""
        try:
            return os.lseek(self._file, 0, os.SEEK_END)
        except OSError:
            return 0

    def since(self, start: int) -> str:
        """The end of what was printed since then."""
        try:
            return _tail(self._file, start)
        except OSError:
            return ""


def empty_when_grown(file: Any) -> None:
    """In the scorer, between two chunks of a worker."""
    _empty_beyond(_KEPT, file)


def tail_of(file: Any, start: int) -> str:
    """In the scorer: the end of what a worker has printed since then."""
    return _tail(file.fileno(), start)


def empty_when_huge(file: Any) -> None:
    """In the scorer, while a worker is at work: a grader that prints without end must not fill the disk."""
    _empty_beyond(_MOST, file)


def _empty_beyond(size: int, file: Any) -> None:
    if os.fstat(file.fileno()).st_size > size:
        os.ftruncate(file.fileno(), 0)


def _tail(descriptor: int, start: int) -> str:
    size = os.fstat(descriptor).st_size
    begin = max(start if start <= size else 0, size - 4 * SHOWN)
    return os.pread(descriptor, size - begin, begin).decode("utf-8", "replace").strip()[-SHOWN:]
