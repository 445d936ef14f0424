"""What the record shows: shares over seeds with intervals, and differences of two methods, question by question and seed by seed.

A seed is a training: other prompts, other samples. The two usual bases are put together, each of their seeds a training of its own. Intervals are those of
`over_seeds`: they speak of another training, and of other questions of these kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rewardkit.evaluating.statistics import OverSeeds, over_seeds

from .grid import Cell
from .measured import unpacked
from .record import Line, Record
from .tasks import few_kinds_of

Decoding = Literal["greedy", "sampled"]
Bits = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where methods are compared: `bases` are put together. With `few` only questions of kinds that were not trained on count."""

    title: str
    task: str
    bases: tuple[str, ...] = ("a", "b")
    n: int = 12
    few: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A method with its scaling."""

    method: str
    scaling: str = ""

    @property
    def label(self) -> str:
        return Cell("", "", self.method, scaling=self.scaling).label


SETTINGS = (
    Setting("Text-to-SQL, 12 prompts", "sql"),
    Setting("Text-to-SQL, a base that is hardly ever right", "sql", ("low",)),
    Setting("Text-to-SQL, 12 prompts of three kinds, the other kinds measured", "sql", ("a",), few=True),
    Setting("Orders, 12 prompts", "orders"),
    Setting("Orders, a base that is hardly ever right", "orders", ("low",)),
    Setting("Orders, 12 prompts of three kinds, the other kinds measured", "orders", ("a",), few=True),
    *(Setting(f"{name}, {n} prompts", task, ("a",), n) for task, name in (("sql", "Text-to-SQL"), ("orders", "Orders")) for n in (6, 50, 200)),
)  # fmt: skip


class Findings:
    """The record, asked by setting and method."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def ways(self, setting: Setting) -> list[Way]:
        """The methods that were trained there, in the order of the grid."""
        from .methods import METHODS

        found = {
            Way(cell.method, cell.scaling)
            for cell in self._record.cells
            if cell.method != "base" and _belongs(cell, setting)
        }
        order = list(METHODS)
        base = (
            [Way("base")] if any(self._base(setting.task, base) for base in setting.bases) and found else []
        )
        return base + sorted(found, key=lambda way: (order.index(way.method), way.scaling))

    def lines(self, setting: Setting, way: Way) -> dict[tuple[str, int], Line]:
        """The lines of a method by base and seed."""
        return {
            (cell.base, cell.seed): line
            for cell, line in self._record.cells.items()
            if (cell.method, cell.scaling) == (way.method, way.scaling) and _belongs(cell, setting)
        }

    def shares(self, setting: Setting, way: Way, decoding: Decoding = "greedy") -> OverSeeds | None:
        """The share solved over all seeds; None when nothing was trained."""
        table = self._table(setting, way, decoding)
        return over_seeds([row for _, row in sorted(table.items())]) if table else None

    def difference(self, setting: Setting, a: Way, b: Way, decoding: Decoding = "greedy") -> OverSeeds | None:
        """`b` minus `a` on the trainings that both have; None when there are none."""
        first, second = self._table(setting, a, decoding), self._table(setting, b, decoding)
        if a.method == "base":
            first = {key: first[key[0], 0] for key in second if (key[0], 0) in first}
        pairs = [(first[key], second[key]) for key in sorted(first.keys() & second.keys())]
        return over_seeds([right - left for left, right in pairs]) if pairs else None

    def mean_of(self, setting: Setting, way: Way, read: Callable[[Line], float]) -> float | None:
        """The mean over the trainings of whatever a line tells."""
        lines = self.lines(setting, way)
        return sum(map(read, lines.values())) / len(lines) if lines else None

    def curve(self, setting: Setting, way: Way, key: str) -> list[float]:
        """The mean over the trainings of what was logged at each step."""
        rows = [
            [step[key] for step in line["steps"] if key in step] for line in self.lines(setting, way).values()
        ]
        rows = [row for row in rows if row]
        least = min(map(len, rows), default=0)
        return [sum(row[i] for row in rows) / len(rows) for i in range(least)]

    def _table(self, setting: Setting, way: Way, decoding: Decoding) -> dict[tuple[str, int], Bits]:
        lines = self.lines(setting, way)
        if not lines:
            return {}
        kinds = self._kinds(setting.task)
        counted = (
            ~np.isin(kinds, few_kinds_of(setting.task)) if setting.few else np.ones(len(kinds), dtype=bool)
        )
        return {key: unpacked(line[f"{decoding}_bits"], len(kinds))[counted] for key, line in lines.items()}

    def _kinds(self, task: str) -> Bits:
        runs: Sequence[tuple[str, int]] = self._record.questions[task]["kinds"]
        return np.concatenate([np.full(count, kind) for kind, count in runs])

    def _base(self, task: str, base: str) -> bool:
        return Cell(task, base, "base") in self._record.cells


def _belongs(cell: Cell, setting: Setting) -> bool:
    if cell.task != setting.task or cell.base not in setting.bases:
        return False
    return cell.method == "base" or (cell.n == setting.n and cell.few == setting.few)
