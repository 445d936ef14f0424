"""Stand-ins for numbers within the tolerance of each other, so that tolerant comparison becomes plain equality of keys.

Where a gold column's numbers are far apart, each is a *mark*, and any other number stands for the mark that it is near, if there is one.

Where they crowd, the numbers of both sides form *clusters* (0.3, 0.30000000000000004 | 0.5), and each number stands for the first of its
cluster. That is right as long as all numbers of a cluster are near each other. Where they form a chain (a near b near c, but not a near c)
or two exact numbers meet in one cluster, the cluster is unclear: equal stand-ins are then only necessary, and `pairing.py` decides.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from .cells import Number, by_height, close, height, heights, is_exact, near, tolerance
from .rules import Rules

StandIns: TypeAlias = Mapping[Hashable, Number]

_APART = 2.5
"""How many tolerances two marks are apart at least: nothing can be near both."""


class Marks:
    """The distinct numbers of a gold column, in order, when they are far apart."""

    def __init__(self, ordered: Sequence[Number], rules: Rules) -> None:
        self._ordered = ordered
        self._heights = heights(ordered)
        self._known = frozenset(ordered)
        self._rules = rules

    def stand_ins(self, numbers: Iterable[Number]) -> StandIns:
        """The mark of each number that is near one without being one."""
        found: dict[Hashable, Number] = {}
        relative, absolute = tolerance(self._rules)
        for number in numbers:
            if number in self._known:
                continue
            at = height(number)
            after = bisect_left(self._heights, at)
            for index in range(max(0, after - 1), min(after + 1, len(self._heights))):
                mark = self._ordered[index]
                if math.isclose(at, self._heights[index], rel_tol=relative, abs_tol=absolute) and (
                    not is_exact(number) or near(number, mark, self._rules)
                ):
                    found[number] = mark
        return found


@dataclass(frozen=True, slots=True)
class Clusters:
    """The stand-in of every number; unclear when some cluster holds numbers that are not all near each other."""

    stand_ins: StandIns
    unclear: bool


def marks_of(numbers: Iterable[Number], rules: Rules) -> Marks | None:
    """The numbers as marks; None where they crowd."""
    ordered = by_height(numbers)
    relative, absolute = (_APART * distance for distance in tolerance(rules))
    relative = min(relative, 1.0)
    if any(math.isclose(a, b, rel_tol=relative, abs_tol=absolute) for a, b in pairwise(heights(ordered))):
        return None
    return Marks(ordered, rules)


def clusters_of(numbers: Iterable[Number], rules: Rules) -> Clusters:
    """Numbers chained by nearness, the lowest of each chain as its stand-in."""
    ordered = by_height(numbers)
    relative, absolute = tolerance(rules)
    stand_ins: dict[Hashable, Number] = {}
    unclear = False
    gaps = [
        index
        for index, (below, above) in enumerate(pairwise(heights(ordered)), start=1)
        if not math.isclose(below, above, rel_tol=relative, abs_tol=absolute)
    ]
    for start, end in pairwise((0, *gaps, len(ordered))):
        if end - start > 1:
            chain = ordered[start:end]
            stand_ins.update(dict.fromkeys(chain[1:], chain[0]))
            unclear = unclear or _is_unclear(chain, rules)
    return Clusters(stand_ins, unclear)


def _is_unclear(chain: Sequence[Number], rules: Rules) -> bool:
    if len(chain) == 2:
        return not near(chain[0], chain[1], rules)
    low, high = height(chain[0]), height(chain[-1])
    if rules.abs_tol > 0 and high - low <= tolerance(rules)[1]:
        return False
    return sum(map(is_exact, chain)) > 1 or not close(low, high, rules)
