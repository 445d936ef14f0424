"""Find mappings of columns that fit all instances, by values.

Whole columns come first: a gold column can only be an answer column that holds the same bag. Then columns are added one by one, and
what the rows refute so far is dropped at once. The work is bounded; a search that is cut short has found nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from .cells import Kind, common_kind
from .comparison import Comparison, Mapping
from .row_matching import bag_fits

MAX_PAIRS = 4_096
"""Pairs of columns looked at; wider results are compared as written and by name only."""

MAX_STEPS = 400_000
"""Cells that one search may look at, about 0.2 s."""

ALIGNING = 4
"""What it costs to align two columns, in looks at their cells."""

Allowed: TypeAlias = Callable[[Mapping, int], bool]
_Parts: TypeAlias = tuple[Sequence[int], Sequence[int]]


class Search:
    """The mappings of the gold's columns into the answer's that fit `comparisons`; columns with the same cells count as one."""

    def __init__(self, comparisons: Sequence[Comparison], alike: Sequence[int] | None = None) -> None:
        self.comparisons = comparisons
        self.width = comparisons[0].expected.width
        self._alike = alike
        self._steps = 0

    @cached_property
    def is_possible(self) -> bool:
        """Whether every gold column has an answer column that it could be."""
        return len(self._candidates) == self.width

    @cached_property
    def alike(self) -> Sequence[int]:
        """For each answer column the first one that holds the same cells everywhere."""
        if self._alike is not None:
            return self._alike
        first: dict[Hashable, int] = {}
        columns = range(self.comparisons[0].width)
        return [
            first.setdefault(tuple(tuple(c.columns[j].cells) for c in self.comparisons), j) for j in columns
        ]

    def first(self, allowed: Allowed = lambda chosen, j: True) -> Mapping | None:
        """The first mapping that fits, if any, where one is possible; `allowed`: whether a mapping so far may go on with answer column j."""
        return next(self._mappings(allowed), None)

    def is_only(self, mapping: Mapping, comparison: Comparison) -> bool:
        """Whether `comparison` alone fits `mapping` and no really different one."""
        alone = Search([comparison], self.alike)
        meant = [self.alike[j] for j in mapping]
        other = any(
            [self.alike[j] for j in found] != meant for found in alone._mappings(lambda chosen, j: True)
        )
        return not other and alone._steps <= MAX_STEPS

    def keeps_all_in_order(self, chosen: Mapping, j: int) -> bool:
        """Whether j comes after every column chosen so far."""
        return not chosen or j > chosen[-1]

    def keeps_kinds_in_order(self, chosen: Mapping, j: int) -> bool:
        """Whether j comes after every column of its kind chosen so far."""
        kind = self._kind(len(chosen), j)
        return all(before < j or self._kind(i, before) != kind for i, before in enumerate(chosen))

    def _kind(self, i: int, j: int) -> Kind:
        return common_kind(comparison.kind(i, j) for comparison in self.comparisons)

    @cached_property
    def _candidates(self) -> list[list[int]]:
        """For each gold column the answer columns that it could be; ends at the first that has none."""
        columns = range(self.comparisons[0].width)
        candidates: list[list[int]] = []
        if self.width * len(columns) > MAX_PAIRS:
            return candidates
        for i in range(self.width):
            fitting = [j for j in columns if all(c.may_map(i, j) for c in self.comparisons)]
            if not fitting:
                return []
            candidates.append(fitting)
        return candidates

    def _mappings(self, allowed: Allowed) -> Iterator[Mapping]:
        self._steps = 0
        start = [_start(comparison) for comparison in self.comparisons]
        yield from self._extend((), start, allowed)

    def _extend(self, chosen: Mapping, parts: Sequence[_Parts], allowed: Allowed) -> Iterator[Mapping]:
        i = len(chosen)
        if i == self.width:
            self._steps += sum(len(gold) + len(answer) for gold, answer in parts)
            if self._steps <= MAX_STEPS and all(comparison.fits(chosen) for comparison in self.comparisons):
                yield chosen
            return
        tried: set[int] = set()
        for j in self._candidates[i]:
            if j in chosen or self.alike[j] in tried or not allowed(chosen, j):
                continue
            tried.add(self.alike[j])
            further = self._refine(parts, i, j)
            if further is not None:
                yield from self._extend((*chosen, j), further, allowed)

    def _refine(self, parts: Sequence[_Parts], i: int, j: int) -> list[_Parts] | None:
        """Rows told apart by one column more; None where that refutes the mapping, or the work is more than allowed."""
        refined: list[_Parts] = []
        for comparison, (gold, answer) in zip(self.comparisons, parts, strict=True):
            self._steps += (len(gold) + len(answer)) * (1 if comparison.is_aligned(i, j) else ALIGNING)
            if self._steps > MAX_STEPS:
                return None
            numbers: dict[Hashable, int] = {}
            keys = comparison.keys(i, j)
            gold = [numbers.setdefault(key, len(numbers)) for key in zip(gold, keys.gold, strict=True)]
            answer = [numbers.setdefault(key, len(numbers)) for key in zip(answer, keys.answer, strict=True)]
            if not bag_fits(comparison.expected, Counter(gold), Counter(answer)):
                return None
            refined.append((gold, answer))
        return refined


def _start(comparison: Comparison) -> _Parts:
    """Rows told apart by nothing but their place, where that counts."""
    expected = comparison.expected
    if expected.in_order and expected.rules.duplicates == "bag":
        return expected.places, expected.needed_places
    return [0] * len(expected.allowed), [0] * len(comparison.answer.rows)
