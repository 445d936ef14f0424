"""What a right answer to a gold query looks like on one instance of the database.

Results are bags: duplicates count, the order of rows does not, unless the gold query orders its rows at the outermost level. Then rows come
in groups, one for each value of the sort key, and order counts between groups but not inside one (a tie). A group may allow more rows
than it needs: `LIMIT 3` over five equal keys is right with any three of them.

An `Expected` is made once for a gold query and an instance and kept; what comparison needs of it is computed when first asked.
Two empty results are equal here; that an empty gold proves nothing is for the ladder to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..engines.engine import Row, Table
from .columns import Column
from .rules import DEFAULT_RULES, Rules


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that may come in any order; `count` of them must, and `rows` are all that may."""

    rows: Sequence[tuple[Any, ...]]
    count: int

    @property
    def is_open(self) -> bool:
        """Whether it allows more rows than it needs."""
        return self.count < len(self.rows)


@dataclass(frozen=True)
class Expected:
    """The right result: column names (None when only rows are known), groups of rows in order, and the gold's own rows as they came."""

    names: tuple[str, ...] | None
    width: int
    groups: tuple[Group, ...]
    rows: Sequence[Row] | None = None
    rules: Rules = field(default=DEFAULT_RULES)

    @cached_property
    def count(self) -> int:
        """The number of rows a right answer has."""
        return sum(group.count for group in self.groups)

    @cached_property
    def in_order(self) -> bool:
        """Whether the order of the groups counts."""
        return self.rules.order != "any" and len(self.groups) > 1

    @cached_property
    def is_open(self) -> bool:
        """Whether more rows are allowed than needed."""
        return any(group.is_open for group in self.groups)

    @cached_property
    def allowed(self) -> Sequence[Row]:
        """Every row that may come, group by group."""
        return [row for group in self.groups for row in group.rows]

    @cached_property
    def places(self) -> list[int]:
        """The group of each allowed row, by number."""
        return [number for number, group in enumerate(self.groups) for _ in group.rows]

    @cached_property
    def needed_places(self) -> list[int]:
        """The group that each row of a right answer comes from, from first to last."""
        return [number for number, group in enumerate(self.groups) for _ in range(group.count)]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the allowed rows."""
        return columns_of(self.allowed, self.width, self.rules)

    @cached_property
    def bag(self) -> dict[Row, int] | None:
        """How often each row comes, as it came; None where that does not decide, or rows cannot be hashed."""
        if self.in_order or self.is_open:
            return None
        try:
            return dict(Counter(self.allowed))
        except TypeError:
            return None

    @property
    def is_bare(self) -> bool:
        """Whether nothing is expected, not even columns: an empty list of rows, with nothing to say how wide they would be."""
        return self.width == 0 and self.count == 0


def expected_of(
    table: Table, rules: Rules = DEFAULT_RULES, *, named: bool = True, ordered: bool = False
) -> Expected:
    """The right result as one bag, or with every row in its place when `ordered` or by the rule order="exact"."""
    rows = table.rows
    fixed = rules.order != "any" and (ordered or rules.order == "exact")
    groups = tuple(Group([row], 1) for row in rows) if fixed else (Group(rows, len(rows)),)
    return Expected(table.names if named else None, len(table.names), groups, rows, rules)


def columns_of(rows: Sequence[Row], width: int, rules: Rules) -> list[Column]:
    """The columns of rows, `width` of them even where there are no rows."""
    cells = list(zip(*rows, strict=True)) if rows else [()] * width
    return [Column(column, rules) for column in cells]


def is_same(expected: Expected, answer: Table) -> bool:
    """Whether the answer is right beyond doubt, cell by cell as it came, in the gold's order of columns. False is no verdict yet."""
    rows = answer.rows
    if len(rows) != expected.count or len(answer.names) != expected.width:
        return expected.is_bare and not rows
    if rows == expected.rows:
        return True
    bag = expected.bag
    if bag is None:
        return False
    try:
        return dict(Counter(rows)) == bag
    except TypeError:
        return False
