"""Several processes writing one run: a file for each, and one file made of them at the end.

    results.jsonl            rank 0, and everything that was merged
    results.rank1.jsonl      rank 1, until it is merged

`merge` writes the rows of all files into the first, one per key, in an order that does not depend on who wrote them or when. The new
file replaces the old one in one step and the files of the ranks go only after that: killed anywhere between, the folder has every row
at least once, and merging again gives the same bytes. Where two rows have one key, that of results.jsonl stays, then that of the lowest
rank. A rank appends under a shared lock and rank 0 merges under an exclusive one, so the others need not stop for it. Memory is about
300 bytes a row; the rows themselves stay on disk.
"""

from __future__ import annotations

import errno
import fcntl
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeAlias

from rewardkit.errors import ConfigError

from . import files
from .reading import numbered_lines
from .records import ResultKey, parse_key_line

STAGES = ("base", "sft", "rft", "raft", "sft_alone")  # in the order in which training comes to them
_DECODINGS = ("greedy", "sampled", "given")
_PATIENCE = 60.0  # seconds that a rank waits for rank 0, which makes the folder and may be merging what an earlier run left
_PAUSE = 0.05

Place: TypeAlias = tuple[int, str]
_Row: TypeAlias = tuple[tuple[object, ...], int, int]  # place, number of the file, offset of the line in it


class Order:
    """Where a key stands: by stage, decoding, unit (a sample and a repeat), grader, fingerprint.

    What is named stands as it is named; what is not stands after it, by its name. Two keys never share a place.
    """

    def __init__(
        self,
        *,
        stages: Iterable[str] = (),
        graders: Iterable[str] = (),
        units: Iterable[tuple[str, int]] = (),
    ) -> None:
        self._stages = _numbered(stages)
        self._decodings = _numbered(_DECODINGS)
        self._graders = _numbered(graders)
        self._units = {unit: (number, "", 0) for number, unit in enumerate(units)}

    def place(self, key: ResultKey) -> tuple[object, ...]:
        """Something that sorts."""
        unit = self._units.get((key.sample, key.repeat)) or (len(self._units), key.sample, key.repeat)
        return (
            _place(self._stages, key.stage),
            _place(self._decodings, key.decoding),
            unit,
            _place(self._graders, key.grader),
            key.fingerprint,
        )


def file_of(folder: Path, stem: str, rank: int) -> Path:
    """The file of one rank: `results.jsonl`, `results.rank1.jsonl`."""
    return folder / (f"{stem}.rank{rank}.jsonl" if rank else f"{stem}.jsonl")


def ranks_in(folder: Path) -> list[int]:
    """The ranks above 0 that have left files here, whatever the number of processes was."""
    found = (
        re.fullmatch(r"(?:results|faults)\.rank([1-9]\d*)\.jsonl", path.name) for path in folder.iterdir()
    )
    return sorted({int(match[1]) for match in found if match})


def lock(folder: Path, rank: int, *, patience: float = 0.0) -> BinaryIO | None:
    """Become the one process that writes the files of a rank, until the handle is closed; None when another one is."""
    handle = (folder / (f".lock.rank{rank}" if rank else ".lock")).open("ab")
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                handle.close()
                raise
        if time.monotonic() >= until:
            handle.close()
            return None
        time.sleep(_PAUSE)


def wait_for_run(folder: Path, rank: int) -> None:
    """Wait until rank 0 has written run.json; ConfigError when it does not come."""
    until = time.monotonic() + _PATIENCE
    while not (folder / "run.json").is_file():
        if time.monotonic() >= until:
            raise ConfigError(
                f"rank 0 has not opened this run, and rank {rank} cannot before it", where=str(folder)
            )
        time.sleep(_PAUSE)


@contextmanager
def appending(folder: Path) -> Iterator[None]:
    """Hold merges off while a rank above 0 appends to its files."""
    with _merge_lock(folder, fcntl.LOCK_SH):
        yield


def merge(folder: Path, stem: str, order: Order) -> int:
    """Put the rows of all ranks into the first file, in order; returns how many rows it has then.

    A file that is in order already, and alone, is not written. Raises DataError for a spoiled line, CannotWrite.
    """
    with _merge_lock(folder, fcntl.LOCK_EX):
        parts = [
            path for path in (file_of(folder, stem, rank) for rank in ranks_in(folder)) if path.is_file()
        ]
        for path in parts:
            files.repair_lines(path)
        return _merged(file_of(folder, stem, 0), parts, order)


def _merged(target: Path, parts: Sequence[Path], order: Order) -> int:
    sources = [target, *parts]
    rows = list(_rows(sources, order))
    in_order = all(a[0] < b[0] for a, b in pairwise(rows))
    if not parts and in_order:
        return len(rows)
    rows.sort()
    chosen = [row for number, row in enumerate(rows) if number == 0 or row[0] != rows[number - 1][0]]
    files.replace_lines(target, _copied(sources, chosen))
    with files.writing(target):
        for path in parts:
            path.unlink()
        files.sync_folder(target.parent)
    return len(chosen)


def _rows(sources: Sequence[Path], order: Order) -> Iterator[_Row]:
    for number, path in enumerate(sources):
        offset = 0
        for line, where in numbered_lines(path):
            yield order.place(parse_key_line(line, where)), number, offset
            offset += len(line) + 1


def _copied(sources: Sequence[Path], rows: Iterable[_Row]) -> Iterator[bytes]:
    with ExitStack() as stack:
        handles = [stack.enter_context(path.open("rb")) if path.is_file() else None for path in sources]
        for _, number, offset in rows:
            handle = handles[number]
            if handle is not None:
                handle.seek(offset)
                yield handle.readline()


@contextmanager
def _merge_lock(folder: Path, kind: int) -> Iterator[None]:
    path = folder / ".lock.merge"
    with files.writing(path):
        handle = path.open("a+b")
    with handle:
        fcntl.lockf(handle, kind)
        yield


def _numbered(names: Iterable[str]) -> dict[str, Place]:
    return {name: (number, "") for number, name in enumerate(dict.fromkeys(names))}


def _place(known: dict[str, Place], name: str) -> Place:
    return known.get(name) or (len(known), name)
