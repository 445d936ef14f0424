"""One expected result beside one answer: which columns could be which, and whether the rows agree once that is settled.

A *mapping* says for each gold column which answer column it is: (1, 0) for two columns that changed places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

from ..engines.engine import Table
from .cells import Kind, common_kind, tolerance
from .columns import Column, Keys, align, as_read, cannot_be_read_alike
from .equality import Expected, columns_of
from .pairing import Cells
from .row_matching import bag_fits, near_fit, rows_fit

Mapping: TypeAlias = tuple[int, ...]


class Comparison:
    """An expected result and an answer; every pair of columns is aligned at most once."""

    def __init__(self, expected: Expected, answer: Table, *, same: bool = False) -> None:
        self.expected = expected
        self.answer = answer
        self.same = same  # known to be right as written, see `is_same`
        self.width = len(answer.names)
        self._keys: dict[tuple[int, int], Keys] = {}
        self._may_map: dict[tuple[int, int], bool] = {}

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the answer."""
        return columns_of(self.answer.rows, self.width, self.expected.rules)

    @property
    def countable(self) -> bool:
        """Whether the answer has as many rows as it must; with duplicates="set" their number says nothing."""
        return self.expected.rules.duplicates == "set" or len(self.answer.rows) == self.expected.count

    def pair(self, i: int, j: int) -> tuple[Column, Column]:
        """Gold column i and answer column j, read alike."""
        return as_read(self.expected.columns[i], self.columns[j])

    def keys(self, i: int, j: int) -> Keys:
        """Gold column i and answer column j in common terms."""
        keys = self._keys.get((i, j))
        if keys is None:
            keys = self._keys[i, j] = align(*self.pair(i, j))
        return keys

    def is_aligned(self, i: int, j: int) -> bool:
        """Whether `keys` costs nothing, since it was asked before."""
        return (i, j) in self._keys

    def kind(self, i: int, j: int) -> Kind:
        """What gold column i and answer column j both hold, NULLs aside; "other" when they hold different things."""
        gold, answer = self.pair(i, j)
        return common_kind((gold.kind, answer.kind))

    def may_map(self, i: int, j: int) -> bool:
        """Whether answer column j, taken alone, could be gold column i. True where only whole rows can tell."""
        found = self._may_map.get((i, j))
        if found is None:
            found = self._may_map[i, j] = self._looks_like(i, j)
        return found

    def rows(self, pairs: Iterable[tuple[int, int]]) -> tuple[list[Cells], list[Cells]]:
        """The allowed rows and the answer's rows as keys, of these pairs (gold column, answer column) only."""
        keys = [self.keys(i, j) for i, j in pairs]
        gold = list(zip(*(key.gold for key in keys), strict=True))
        return gold, list(zip(*(key.answer for key in keys), strict=True))

    def fits(self, mapping: Mapping) -> bool:
        """Whether the answer is right when its columns are taken in this order."""
        if not self.countable:
            return False
        if self.same and mapping == tuple(range(self.width)):
            return True
        if not all(self.may_map(i, j) for i, j in enumerate(mapping)):
            return False
        gold, answer = self.rows(enumerate(mapping))
        if not rows_fit(self.expected, gold, answer):
            return False
        keys = [self.keys(i, j) for i, j in enumerate(mapping)]
        unclear = [key.cells for key in keys if key.cells is not None]
        return not unclear or near_fit(self.expected, gold, answer, unclear)

    def _looks_like(self, i: int, j: int) -> bool:
        expected = self.expected
        if not expected.is_open and cannot_be_read_alike(expected.columns[i], self.columns[j]):
            return False
        gold, answer = self.pair(i, j)
        if bag_fits(expected, gold.bag, answer.bag):
            return True
        if not (gold.inexact or answer.inexact):
            return False
        if expected.is_open or expected.rules.duplicates == "set":
            return True
        if len(gold.heights) != len(answer.heights):
            return False
        relative, absolute = tolerance(expected.rules)
        return all(
            math.isclose(a, b, rel_tol=relative, abs_tol=absolute)
            for a, b in zip(gold.heights, answer.heights, strict=True)
        )
