"""What changes on the page of a run while it goes on: its curves, and what has been graded so far.

metrics.jsonl is read on from where it was left; a page asks with the stamp of what it shows and is answered only when that has changed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rewardkit.errors import DataError

from .. import reading
from ..figures import Figure
from ..progress import progress
from ..records import Metrics, parse_record_line
from ..writers import is_being_written
from .following import Followed
from .store import Tables

_FILES = (reading.RESULTS, reading.METRICS, reading.SAMPLES, "summary.json", "report.html", "run.json")


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
    """The steps of the trainings that were looked at."""

    def __init__(self) -> None:
        self._runs: dict[Path, tuple[Followed, list[Metrics]]] = {}
        self._lock = threading.Lock()

    def figures(self, folder: Path, components: Sequence[str]) -> tuple[list[tuple[str, list[Figure]]], str]:
        """The charts of each phase, and what of the file cannot be read."""
        with self._lock:
            file, steps = self._runs.setdefault(folder, (Followed(folder / reading.METRICS), []))
            if not file.is_same():
                file.restart()
                steps.clear()
            trouble = ""
            while not trouble and (block := file.next_block()):
                trouble = _take(file, steps, block)
            return progress(steps, components), trouble


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


def _take(file: Followed, steps: list[Metrics], block: bytes) -> str:
    """Take the lines of a block in, up to the first that is spoiled, which is said."""
    for line in block.splitlines(keepends=True):
        try:
            steps.append(parse_record_line(Metrics, line[:-1], f"{file.path.name}:{file.lines + 1}"))
        except DataError as error:
            return f"{error}. What stands after it is not shown."
        file.take(line)
    return ""
