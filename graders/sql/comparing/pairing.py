"""Pair rows whose numbers differ by no more than the tolerance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeAlias

from .cells import height, numbers_of

Cells: TypeAlias = tuple[Hashable, ...]

MAX_TRIES = 64
"""How many partners are tried for one row, so that crowded numbers cannot make pairing quadratic."""


def pair_up(
    gold: Sequence[Cells],
    answer: Sequence[Cells],
    near: Callable[[Cells, Cells], bool],
    *,
    reuse: bool = False,
) -> bool:
    """Whether every answer row finds a gold row near it: one of its own, unless `reuse`."""
    if not reuse:
        spare = Counter(gold)
        spare.subtract(answer)
        gold, answer = list(spare.elements()), list((-spare).elements())
    golds = sorted(gold, key=_height)
    taken = [False] * len(golds)
    first = 0
    for row in sorted(answer, key=_height):
        while first < len(golds) and (taken[first] or _is_below(golds[first], row, near)):
            first += 1
        window = range(first, min(first + MAX_TRIES, len(golds)))
        partner = next((i for i in window if not taken[i] and near(golds[i], row)), None)
        if partner is None:
            return False
        taken[partner] = not reuse
    return True


def _is_below(gold: Cells, row: Cells, near: Callable[[Cells, Cells], bool]) -> bool:
    """Whether this gold row lies too low for `row`, hence for every later one."""
    return _height(gold) < _height(row) and not near(gold[:1], row[:1])


def _height(row: Cells) -> float:
    """Where the first cell's first number lies; cells without one lie together at the bottom."""
    number = next(numbers_of(row[0]), None)
    return float("-inf") if number is None else height(number)
