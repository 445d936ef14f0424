"""What changes on the page of a run while it goes on: its curves, and what has been graded so far.

metrics.jsonl is read on from where it was left; a page asks with the stamp of what it shows and is answered only when that has changed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from rewardkit.errors import DataError

from .. import reading
from ..figures import Figure
from ..notables import Shown, newest
from ..progress import progress
from ..records import Metrics, Notable, StepTimes, parse_record_line
from ..writers import is_being_written
from .following import Followed
from .store import Tables

_FILES = (
    reading.RESULTS,
    reading.METRICS,
    reading.NOTABLE,
    reading.TIMES,
    reading.SAMPLES,
    "summary.json",
    "report.html",
    "run.json",
)

_R = TypeVar("_R", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SoFar:
    """What one stage has been given until now, by one grader."""

    stage: str
    decoding: str
    grader: str
    completions: int
    prompts: int
    unscored: int
    mean: float | None


class Curves:
    """The steps of the trainings that were looked at: their figures, what they took, and the newest completions that stand out."""

    def __init__(self) -> None:
        self._runs: dict[Path, _Training] = {}
        self._lock = threading.Lock()

    def figures(self, folder: Path, components: Sequence[str]) -> tuple[list[tuple[str, list[Figure]]], str]:
        """The charts of each phase, and what of the files cannot be read."""
        with self._lock:
            run = self._runs.setdefault(folder, _Training.of(folder))
            troubles = [lines.read() for lines in (run.metrics, run.times)]
            drawn = progress(run.metrics.rows, components, run.times.rows)
            return drawn, " ".join(filter(None, troubles))

    def notable(self, folder: Path, *, most: int = 2) -> tuple[list[Shown], str]:
        """The newest completions of each kind, and what of the file cannot be read."""
        with self._lock:
            lines = self._runs.setdefault(folder, _Training.of(folder)).notable
            trouble = lines.read()
            return newest(lines.rows, most=most), trouble


class _Lines(Generic[_R]):
    """The records of a file that grows, read on from where it was left."""

    def __init__(self, path: Path, model: type[_R]) -> None:
        self.rows: list[_R] = []
        self._file = Followed(path)
        self._model = model

    def read(self) -> str:
        """Take in what is new; what is said of a line that is spoiled, after which nothing is read."""
        if not self._file.is_same():
            self._file.restart()
            self.rows.clear()
        trouble = ""
        while not trouble and (block := self._file.next_block()):
            trouble = self._take(block)
        return trouble

    def _take(self, block: bytes) -> str:
        for line in block.splitlines(keepends=True):
            try:
                where = f"{self._file.path.name}:{self._file.lines + 1}"
                self.rows.append(parse_record_line(self._model, line[:-1], where))
            except DataError as error:
                return f"{error}. What stands after it is not shown."
            self._file.take(line)
        return ""


@dataclass(frozen=True, slots=True)
class _Training:
    """The files of a training that are followed."""

    metrics: _Lines[Metrics]
    times: _Lines[StepTimes]
    notable: _Lines[Notable]

    @classmethod
    def of(cls, folder: Path) -> _Training:
        return cls(
            _Lines(folder / reading.METRICS, Metrics),
            _Lines(folder / reading.TIMES, StepTimes),
            _Lines(folder / reading.NOTABLE, Notable),
        )


def stamp_of(folder: Path) -> str:
    """Changes when there may be something new to show of a run."""
    parts = [is_being_written(folder), *(Followed(folder / name).stamp for name in _FILES)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def so_far(tables: Tables) -> list[SoFar]:
    """What the results say until now, stage by stage: means over prompts."""
    rows = tables.rows(
        "SELECT stage, decoding, grader, sum(n), count(*), sum(n - scored), avg(mean) FROM "
        "(SELECT stage, decoding, grader, sample, count(*) AS n, count(value) AS scored, avg(value) AS mean, min(rowid) AS first "
        f"FROM {tables.results} GROUP BY ALL) GROUP BY stage, decoding, grader ORDER BY min(first)"
    )
    return [
        SoFar(stage, decoding, grader, int(completions), prompts, int(unscored), mean)
        for stage, decoding, grader, completions, prompts, unscored, mean in rows
    ]
