"""One column of a result, and two columns side by side in terms in which equal cells are equal keys.

    align(column of '2014', '2015', column of 2015, 2014)           keys 2014, 2015 and 2015, 2014
    align(column of 0.3, column of 0.1 + 0.2)                        keys 0.3 and 0.3

What a column knows of itself is computed once, when first asked, so that a gold column pays for it only the first time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import NoneType
from typing import cast

from .cells import NUMBERS, Kind, Number, height, heights, is_exact, kind_of, numbers_of, plain, read_text
from .clusters import Marks, StandIns, clusters_of, marks_of
from .rules import Rules

_NUMERIC = frozenset({int, bool, float, Decimal})
_NEVER_NAN = frozenset({int, bool})
_AS_THEY_COME: dict[frozenset[type], Kind] = {
    frozenset({str}): "text",
    frozenset({date}): "date",
    frozenset({bytes}): "other",
}
_DEFINITE = ("text", "number", "date")
_HUGE = 1e15


class Column:
    """The plain cells of a column, their kind, and whether any of them has a tolerance."""

    def __init__(self, raw: Sequence[object], rules: Rules) -> None:
        types = frozenset(map(type, raw))
        self._has_gaps = NoneType in types
        types -= {NoneType}
        self._is_whole = types <= _NEVER_NAN
        self.rules = rules
        self.cells: Sequence[Hashable] = raw
        self.kind: Kind
        self.inexact = False
        if types <= _NUMERIC:
            self.kind = "number" if types else "null"
            if not self._is_whole and any(cell != cell for cell in raw):
                self.cells = [plain(cell, rules) for cell in raw]
                self.kind, self._has_gaps = kind_of(self.cells), True
            self.inexact = self._has_inexact()
        elif types in _AS_THEY_COME and rules.text == "exact":
            self.kind = _AS_THEY_COME[types]
        else:
            self.cells = [plain(cell, rules) for cell in raw]
            self.kind = kind_of(self.cells)
            self.inexact = self.kind in ("number", "other") and self._has_inexact()

    @cached_property
    def bag(self) -> Counter[Hashable]:
        """How often each cell comes."""
        return Counter(self.cells)

    @cached_property
    def coarse(self) -> Counter[Hashable]:
        """As `bag`, the numbers rounded: near numbers nearly always fall together."""
        if not self.numbers or (self._is_whole and not self.rules.abs_tol):
            return self.bag
        rounded = _rounding(self.rules)
        coarse: Counter[Hashable] = Counter()
        for cell, times in self.bag.items():
            coarse[rounded(cell)] += times
        return coarse

    @cached_property
    def heights(self) -> list[float]:
        """Its numbers as floats, sorted."""
        return sorted(heights(self.numbers))

    @cached_property
    def numbers(self) -> Sequence[Number]:
        """All its numbers, those in lists and structs too."""
        if self.kind == "number" and not self._has_gaps:
            return cast(Sequence[Number], self.cells)
        return [number for cell in self.cells for number in numbers_of(cell)]

    @cached_property
    def marks(self) -> Marks | None:
        """Its numbers as marks for those of an answer; None where they crowd."""
        return marks_of(self.numbers, self.rules)

    @cached_property
    def read(self) -> Column:
        """The column with its texts read as numbers and dates where they plainly are such."""
        if self.kind not in ("text", "other"):
            return self
        cells = tuple(map(read_text, self.cells))
        return self if cells == tuple(self.cells) else Column(cells, self.rules)

    def _has_inexact(self) -> bool:
        return bool(self.numbers) if self.rules.abs_tol > 0 else not all(map(is_exact, self.numbers))


@dataclass(frozen=True, slots=True)
class Keys:
    """A gold column and an answer column, aligned: equal cells have equal keys.

    cells: the aligned cells themselves, gold and answer, where equal keys are necessary but not enough (`clusters.py`); else None.
    """

    gold: Sequence[Hashable]
    answer: Sequence[Hashable]
    cells: tuple[Sequence[Hashable], Sequence[Hashable]] | None = None


def as_read(gold: Column, answer: Column) -> tuple[Column, Column]:
    """Both columns, their texts read where one of them is text and the other is not."""
    if gold.kind == answer.kind or gold.rules.types == "strict":
        return gold, answer
    kinds = (gold.kind, answer.kind)
    return (gold.read, answer.read) if "text" in kinds and "null" not in kinds else (gold, answer)


def cannot_be_read_alike(a: Column, b: Column) -> bool:
    """Whether one column is text and the other is not, and the first text is plain text: then no bag of cells is the same."""
    if a.kind == b.kind or not (a.kind in _DEFINITE and b.kind in _DEFINITE):
        return False
    text = a if a.kind == "text" else b
    return text.kind == "text" and isinstance(read_text(next(filter(None, text.cells), "")), str)


def align(gold: Column, answer: Column) -> Keys:
    """The keys of two columns."""
    gold, answer = as_read(gold, answer)
    if not ((gold.inexact or answer.inexact) and gold.numbers and answer.numbers):
        return Keys(gold.cells, answer.cells)
    marks = gold.marks
    if marks is not None:
        return Keys(gold.cells, _replaced(answer, marks.stand_ins(answer.numbers)))
    clusters = clusters_of([*gold.numbers, *answer.numbers], gold.rules)
    return Keys(
        _replaced(gold, clusters.stand_ins),
        _replaced(answer, clusters.stand_ins),
        (gold.cells, answer.cells) if clusters.unclear else None,
    )


def _replaced(column: Column, stand_ins: StandIns) -> Sequence[Hashable]:
    """The cells with their numbers replaced, in lists and structs too."""
    if not stand_ins:
        return column.cells
    if column.kind == "number":
        return list(map(stand_ins.get, column.cells, column.cells))

    def replaced(cell: Hashable) -> Hashable:
        return tuple(map(replaced, cell)) if isinstance(cell, tuple) else stand_ins.get(cell, cell)

    return list(map(replaced, column.cells))


def _rounding(rules: Rules) -> Callable[[Hashable], Hashable]:
    """A function that rounds the numbers of a cell about as far as the tolerance reaches."""
    digits = max(1, round(-math.log10(rules.rel_tol))) if 0 < rules.rel_tol < 1 else 17
    form = f"%.{digits}g"
    step = rules.abs_tol

    def rounded(cell: Hashable) -> Hashable:
        if isinstance(cell, tuple):
            return tuple(map(rounded, cell))
        if not isinstance(cell, NUMBERS):
            return cell
        at = cell if isinstance(cell, float) else height(cell)
        if step > 0 and abs(at) < _HUGE * step:
            return round(at / step)
        return cell if is_exact(at) else float(form % at)

    return rounded
