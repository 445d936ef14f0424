"""The study's record: one line of JSON for everything that was finished, so that a killed study goes on and a committed one can be continued elsewhere.

    {"kind": "questions", "task": "sql", "heldout": "6f2c07012e82", "kinds": [["filter", 50], ["match", 112], ...]}
    {"kind": "base", "task": "sql", "base": "a", "cpu": 104.2}
    {"kind": "choice", "choice": {...}, "point": 3, "seed": 100, "settings": {...}, "greedy": 0.91, "sampled": 0.72, ...}
    {"kind": "cell", "cell": {...}, "settings": {...}, "heldout": "6f2c07012e82", "greedy": 0.95, "greedy_bits": "...", ...}

The bits say question by question what was right, in the order of the held-out questions, so that paired intervals can be computed from the record alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any

from .grid import Cell, Choice, cell_of
from .methods import METHODS, Tables, choosing_seeds
from .tasks import task_named

Line = dict[str, Any]


class Record:
    """The lines of a file, which grows by `append`. A last line that a kill cut off is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.questions: dict[str, Line] = {}
        self.bases: dict[tuple[str, str], Line] = {}
        self.choices: dict[tuple[Choice, int, int], Line] = {}
        self.cells: dict[Cell, Line] = {}
        self._read()

    def append(self, line: Line) -> None:
        """Keep a finished job, in memory and in the file."""
        self._take(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def tried(self, choice: Choice) -> list[tuple[Tables, float, float]] | None:
        """The settings that were tried, with the mean greedy and sampled share on validation; None while some are missing."""
        method = METHODS[choice.method]
        found = []
        for place, point in enumerate(choice.points):
            lines = [self.choices.get((choice, place, seed)) for seed in choosing_seeds(method)]
            done = [line for line in lines if line is not None]
            if len(done) < len(lines):
                return None
            found.append(
                (point, fmean(line["greedy"] for line in done), fmean(line["sampled"] for line in done))
            )
        return found

    def chosen(self, choice: Choice) -> Tables | None:
        """The settings with the best sum of greedy and sampled share, of equals the first; None while some are missing."""
        tried = self.tried(choice)
        if not tried:
            return {} if tried == [] else None
        return max(tried, key=lambda one: one[1] + one[2])[0]

    def is_done(self, cell: Cell) -> bool:
        """Whether it was measured with the settings that are chosen now: where others are tried since, they may be others."""
        line = self.cells.get(cell)
        return line is not None and line["settings"] == self.chosen(cell.settings_key)

    def _read(self) -> None:
        if not self.path.is_file():
            return
        text = self.path.read_text(encoding="utf-8")
        whole, _, cut = text.rpartition("\n")
        if cut:
            self.path.write_text(whole + "\n" if whole else "", encoding="utf-8")
        for line in whole.splitlines():
            self._take(json.loads(line))

    def _take(self, line: Line) -> None:
        if line["kind"] == "questions":
            self.questions[line["task"]] = line
        elif line["kind"] == "base":
            self.bases[line["task"], line["base"]] = line
        elif line["kind"] == "choice":
            self.choices[Choice(**line["choice"]), line["point"], line["seed"]] = line
        elif line["kind"] == "cell":
            self.cells[cell_of(line["cell"])] = line


def questions_line(task: str) -> Line:
    """The line about the held-out questions of a task: which they are, and of what kinds, in their order."""
    source = task_named(task)
    kinds = [(kind, len(list(same))) for kind, same in groupby(q.kind for q in source.heldout())]
    return {"kind": "questions", "task": task, "heldout": source.identity(), "kinds": kinds}


def choice_line(choice: Choice, point: int, seed: int, settings: Any, found: Line) -> Line:
    """The line of a setting that was tried; its answers to single questions are not kept."""
    kept = ("greedy", "sampled", "partial_greedy", "generated", "cpu")
    return {"kind": "choice", "choice": asdict(choice), "point": point, "seed": seed, "settings": settings, **{key: found[key] for key in kept}}  # fmt: skip


def cell_line(cell: Cell, settings: Any, heldout: str, found: Line) -> Line:
    """The line of a finished cell."""
    return {"kind": "cell", "cell": cell.as_json(), "settings": settings, "heldout": heldout, **found}
