"""A file of lines that another process may be appending to, cutting or replacing: what of it is new since the last look.

A last line without its newline is being written and is not there yet. A file is the same as before when its number is and the end of
what was read still reads so; otherwise whoever follows it starts again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

BLOCK = 32 * 1024 * 1024  # bytes of whole lines that are handled at a time
_TAIL = 256  # bytes before the place reached that must still be there

Stamp: TypeAlias = tuple[int, int, int]


class Followed:
    """Where the reader of a growing file stands: `end` in bytes, `lines` before it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restart()

    def restart(self) -> None:
        """Forget what was read."""
        self.end = 0
        self.lines = 0
        self._number: int | None = None
        self._tail = b""

    @property
    def stamp(self) -> Stamp | None:
        """Something that changes when the file does; None when there is none."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def is_same(self) -> bool:
        """Whether what was read is still what the file begins with; always so when nothing was."""
        if self.end == 0:
            return True
        try:
            with self.path.open("rb") as handle:
                found = os.fstat(handle.fileno())
                tail = os.pread(handle.fileno(), len(self._tail), self.end - len(self._tail))
        except (FileNotFoundError, NotADirectoryError):
            return False
        return found.st_ino == self._number and found.st_size >= self.end and tail == self._tail

    def next_block(self) -> bytes:
        """Whole lines that have not been taken, about `BLOCK` bytes at most unless one line is longer; empty when there are none."""
        try:
            with self.path.open("rb") as handle:
                self._number = os.fstat(handle.fileno()).st_ino
                handle.seek(self.end)
                block = handle.read(BLOCK)
                if block.rfind(b"\n") < 0 and len(block) == BLOCK:
                    block += handle.readline()
        except (FileNotFoundError, NotADirectoryError):
            return b""
        return block[: block.rfind(b"\n") + 1]

    def take(self, lines: bytes) -> None:
        """Go on behind these lines: a block of `next_block`, or the start of one."""
        self.end += len(lines)
        self.lines += lines.count(b"\n")
        self._tail = (self._tail + lines[-_TAIL:])[-_TAIL:]
