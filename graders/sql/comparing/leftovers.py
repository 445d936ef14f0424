"""What remains of two results once the rows that agree are put aside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .comparison import Comparison, Mapping
from .pairing import Cells
from .row_matching import is_needed


@dataclass(frozen=True)
class Leftovers:
    """The rows of a comparison under a mapping, as keys, and which of them have no partner.

    extra: answer rows that are not expected; missing: gold rows that are not there. Both by index, in the order in which they come.
    """

    comparison: Comparison
    mapping: Mapping

    @cached_property
    def keys(self) -> tuple[list[Cells], list[Cells]]:
        """The gold's rows and the answer's."""
        return self.comparison.rows(enumerate(self.mapping))

    @cached_property
    def extra(self) -> list[int]:
        """Answer rows beyond what the gold allows."""
        gold, answer = self.keys
        return self._beyond(enumerate(answer), Counter(gold))

    @cached_property
    def missing(self) -> list[int]:
        """Gold rows, of those that must come, beyond what the answer has."""
        gold, answer = self.keys
        must = (pair for pair in enumerate(gold) if is_needed(self.comparison.expected, pair[0]))
        return self._beyond(must, Counter(answer))

    def wrong_columns(self) -> list[int]:
        """The gold columns that the answer's column cannot be, whatever rows its cells are in."""
        return [i for i, j in enumerate(self.mapping) if not self.comparison.may_map(i, j)]

    def partner(self, wrong: Sequence[int]) -> int | None:
        """The missing row that is the first extra row but for these columns; None unless all leftovers pair up like that."""
        gold, answer = self.keys
        rest = [i for i in range(len(self.mapping)) if i not in wrong]
        if len(self.extra) != len(self.missing) or not (rest or len(self.extra) == 1):
            return None
        wanted: defaultdict[Cells, list[int]] = defaultdict(list)
        for row in self.missing:
            wanted[tuple(gold[row][i] for i in rest)].append(row)
        given = Counter(tuple(answer[row][i] for i in rest) for row in self.extra)
        if given != {key: len(rows) for key, rows in wanted.items()}:
            return None
        return wanted[tuple(answer[self.extra[0]][i] for i in rest)][0]

    def _beyond(self, rows: Iterable[tuple[int, Cells]], allowed: Counter[Cells]) -> list[int]:
        if self.comparison.expected.rules.duplicates == "set":
            first = {row: index for index, row in reversed(list(rows))}
            return sorted(index for row, index in first.items() if row not in allowed)
        left = dict(allowed)
        beyond: list[int] = []
        for index, row in rows:
            if left.get(row, 0) > 0:
                left[row] -= 1
            else:
                beyond.append(index)
        return beyond
