"""Which processes a scorer has started and left behind: every one of them carries a mark in its environment."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

_VARIABLE = "REWARDKIT_TEST_MARK"


@contextlib.contextmanager
def marked() -> Iterator[str]:
    """Processes started inside carry the mark that this gives, and so do theirs."""
    before, mark = os.environ.get(_VARIABLE), uuid.uuid4().hex
    os.environ[_VARIABLE] = mark
    try:
        yield mark
    finally:
        os.environ.pop(_VARIABLE)
        if before is not None:
            os.environ[_VARIABLE] = before


def with_mark(mark: str) -> list[str]:
    """The command lines of the living processes with that mark."""
    wanted = f"{_VARIABLE}={mark}".encode()
    return [_command(folder) for folder in Path("/proc").glob("[0-9]*") if wanted in _environment(folder)]


def none_left(mark: str, seconds: float = 10.0) -> list[str]:
    """The processes with that mark that are still there after so long; none as soon as they are gone."""
    until = time.monotonic() + seconds
    while (left := with_mark(mark)) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _environment(folder: Path) -> bytes:
    try:
        return (folder / "environ").read_bytes()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return b""


def _command(folder: Path) -> str:
    try:
        return f"{folder.name} {(folder / 'cmdline').read_bytes().replace(bytes(1), b' ').decode().strip()}"
    except OSError:
        return folder.name
