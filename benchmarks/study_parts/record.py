"""The study's record: one line of JSON for everything that was finished, so that a killed study goes on and a committed one can be continued elsewhere.

    {"kind": "questions", "task": "sql", "heldout": "6f2c07012e82", "kinds": [["filter", 50], ["match", 112], ...]}
    {"kind": "base", "task": "sql", "base": "a", "cpu": 104.2}
    {"kind": "choice", "choice": {...}, "point": 3, "settings": {...}, "greedy": 0.91, "sampled": 0.72, ...}
    {"kind": "cell", "cell": {...}, "settings": {...}, "heldout": "6f2c07012e82", "greedy": 0.95, "greedy_bits": "...", ...}

The bits say question by question what was right, in the order of the held-out questions, so that paired intervals can be computed from the record alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from .grid import Cell, Choice, cell_of
from .methods import METHODS, candidates
from .tasks import task_named

Line = dict[str, Any]


class Record:
    """The lines of a file, which grows by `append`. A last line that a kill cut off is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.questions: dict[str, Line] = {}
        self.bases: dict[tuple[str, str], Line] = {}
        self.choices: dict[tuple[Choice, int], Line] = {}
        self.cells: dict[Cell, Line] = {}
        self._read()

    def append(self, line: Line) -> None:
        """Keep a finished job, in memory and in the file."""
        self._take(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def chosen(self, choice: Choice) -> Mapping[str, Mapping[str, Any]] | None:
        """The settings with the best sum of greedy and sampled share on validation, of equals the first; None while points are missing."""
        points = candidates(METHODS[choice.method], quick=choice.base == "smoke")
        if not points:
            return {}
        lines = [self.choices.get((choice, place)) for place in range(len(points))]
        if not all(lines):
            return None
        best = max((line for line in lines if line), key=lambda line: line["greedy"] + line["sampled"])
        settings: Mapping[str, Mapping[str, Any]] = best["settings"]
        return settings

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
            self.choices[Choice(**line["choice"]), line["point"]] = line
        elif line["kind"] == "cell":
            self.cells[cell_of(line["cell"])] = line


def questions_line(task: str) -> Line:
    """The line about the held-out questions of a task: which they are, and of what kinds, in their order."""
    source = task_named(task)
    kinds = [(kind, len(list(same))) for kind, same in groupby(q.kind for q in source.heldout())]
    return {"kind": "questions", "task": task, "heldout": source.identity(), "kinds": kinds}


def choice_line(choice: Choice, point: int, settings: Any, found: Line) -> Line:
    """The line of a setting that was tried; its answers to single questions are not kept."""
    kept = ("greedy", "sampled", "partial_greedy", "generated", "cpu")
    return {"kind": "choice", "choice": asdict(choice), "point": point, "settings": settings, **{key: found[key] for key in kept}}  # fmt: skip


def cell_line(cell: Cell, settings: Any, heldout: str, found: Line) -> Line:
    """The line of a finished cell."""
    return {"kind": "cell", "cell": cell.as_json(), "settings": settings, "heldout": heldout, **found}
