"""Readings at the steps of a training, and a straight line through them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from itertools import pairwise


class Steps:
    """What a training had used at the beginning of each step and at its end, by name."""

    def __init__(self, readings: Mapping[str, Sequence[float]]) -> None:
        self._readings = readings

    @property
    def names(self) -> list[str]:
        """Of what there are readings."""
        return list(self._readings)

    @property
    def count(self) -> int:
        """How many steps there were."""
        return len(self._readings["cpu"]) - 1

    def by_step(self, name: str, after: int) -> list[float]:
        """What each step used, those up to `after` left out."""
        values = self._readings[name][after:]
        return [later - earlier for earlier, later in pairwise(values)]

    def each(self, name: str, after: int) -> float:
        """The mean of these."""
        return statistics.mean(self.by_step(name, after))

    def fifths(self, name: str, after: int) -> tuple[float, float]:
        """The means over the first fifth of these and over the last."""
        values = self.by_step(name, after)
        fifth = max(1, len(values) // 5)
        return statistics.mean(values[:fifth]), statistics.mean(values[-fifth:])

    def memory_growth(self) -> float:
        """Resident memory of the last tenth over that of the second tenth, less 1: the first fills caches."""
        memory = self._readings["rss"]
        tenth = max(1, len(memory) // 10)
        return statistics.mean(memory[-tenth:]) / statistics.mean(memory[tenth : 2 * tenth]) - 1


def change(values: Sequence[float]) -> float:
    """How much a least-squares line through the values rises from first to last, as a share of their mean."""
    slope = statistics.linear_regression(range(len(values)), values).slope
    return slope * (len(values) - 1) / statistics.mean(values)
