"""Pair rows whose numbers differ by no more than the tolerance.

Each row takes the nearest partner among those that sort close to it, so that rounding noise finds its origin even where numbers crowd. This is
no best matching: where rows are crowded and moved by about the tolerance, a pairing that exists may not be found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeAlias

from .cells import Number, height, numbers_of

Cells: TypeAlias = tuple[Hashable, ...]

MAX_TRIES = 32
"""How many partners are tried on either side, so that crowded numbers cannot make pairing quadratic."""


def pair_up(
    gold: Sequence[Cells],
    answer: Sequence[Cells],
    near: Callable[[Cells, Cells], bool],
    *,
    reuse: bool = False,
) -> bool:
    """Whether every answer row finds a gold row near it: one of its own, unless `reuse`. Equal rows are paired first."""
    if len(gold) == 1 == len(answer):
        return near(gold[0], answer[0])
    if not reuse:
        spare = Counter(gold)
        spare.subtract(answer)
        gold, answer = list(spare.elements()), list((-spare).elements())
    golds = sorted(gold, key=_place)
    places = list(map(_place, golds))
    taken = [False] * len(golds)
    for row in sorted(answer, key=_place):
        at = bisect_left(places, _place(row))
        around = range(max(0, at - MAX_TRIES), min(len(golds), at + MAX_TRIES))
        partners = [i for i in around if not taken[i] and near(golds[i], row)]
        if not partners:
            return False
        distances = [_distance(golds[i], row) for i in partners]
        taken[partners[distances.index(min(distances))]] = not reuse
    return True


def _place(row: Cells) -> list[float]:
    """Where a row sorts: by its numbers, noise in their last digits aside."""
    return [float(f"{height(number):.10e}") for number in _numbers(row)]


def _distance(a: Cells, b: Cells) -> float:
    """How far apart the numbers of two near rows are, in all."""
    pairs = zip(map(height, _numbers(a)), map(height, _numbers(b)), strict=False)
    return sum(abs(x - y) for x, y in pairs if x != y)


def _numbers(row: Cells) -> Iterator[Number]:
    return (number for cell in row for number in numbers_of(cell))
