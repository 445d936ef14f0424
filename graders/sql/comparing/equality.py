"""When a result is the right result.

Results are bags: duplicates count, the order of rows does not, unless the gold query orders its rows at the outermost level. Then rows come
in groups, one for each value of the sort key, and order counts between groups but not inside one (a tie). A group may allow more rows
than it needs: `LIMIT 3` over five equal keys is right with any three of them.

Columns are compared by position. Another order of columns is accepted where it can be told which is which: the names say so, or no two
columns of one kind (number, text, date) change places. An extra column is an error, and two empty results are equal here; that an empty gold
proves nothing is for the ladder to say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from .cells import RELATIVE, Kind, kind_of, near, numbers_of, plain, read_text
from ..engines.duckdb_execution import Table

Cells = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that may come in any order; `count` of them must, and `rows` are all that may."""

    rows: Sequence[Cells]
    count: int


@dataclass(frozen=True, slots=True)
class Expected:
    """The right result: column names (None when only rows are known) and its groups of rows in order."""

    names: tuple[str, ...] | None
    width: int
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """The number of rows a right answer has."""
        return sum(group.count for group in self.groups)


def expected_of(table: Table, *, named: bool = True, ordered: bool = False) -> Expected:
    """The right result as one bag, or with every row in its place when `ordered`."""
    rows = plain_rows(table.rows)
    groups = tuple(Group([row], 1) for row in rows) if ordered else (Group(rows, len(rows)),)
    return Expected(table.names if named else None, len(table.names), groups)


def plain_rows(rows: Iterable[Sequence[object]]) -> list[Cells]:
    """Rows of cells that compare as `cells.py` says."""
    return [tuple(plain(cell) for cell in row) for row in rows]


def difference(expected: Expected, table: Table) -> str:
    """Empty when `table` is the right result, else the first difference in words."""
    if len(table.names) != expected.width:
        return f"{len(table.names)} columns; expected {expected.width}"
    if len(table.rows) != expected.count:
        return f"{len(table.rows)} rows; expected {expected.count}"
    rows = plain_rows(table.rows)
    if any(
        _matches(expected, [tuple(row[i] for i in order) for row in rows])
        for order in _column_orders(expected, table.names, rows)
    ):
        return ""
    everything = [row for group in expected.groups for row in group.rows]
    if len(expected.groups) > 1 and _is_sub_bag(rows, everything):
        return "the right rows in the wrong order"
    return "the values differ"


def _column_orders(expected: Expected, names: Sequence[str], rows: Sequence[Cells]) -> list[tuple[int, ...]]:
    """The few orders of the answer's columns worth comparing, as written first."""
    orders = [tuple(range(expected.width)), _order_by_name(expected, names), _order_by_kind(expected, rows)]
    return list(dict.fromkeys(order for order in orders if order is not None))


def _order_by_name(expected: Expected, names: Sequence[str]) -> tuple[int, ...] | None:
    if expected.names is None:
        return None
    wanted = [name.lower() for name in expected.names]
    given = [name.lower() for name in names]
    if len(set(wanted)) != len(wanted) or sorted(wanted) != sorted(given):
        return None
    return tuple(given.index(name) for name in wanted)


def _order_by_kind(expected: Expected, rows: Sequence[Cells]) -> tuple[int, ...] | None:
    """Columns of one kind keep their order among themselves: (min, max) swapped stays wrong, (name, count) does not."""
    wanted = _kinds([row for group in expected.groups for row in group.rows], expected.width)
    given = _kinds(rows, expected.width)
    if sorted(wanted) != sorted(given):
        return None
    free: dict[Kind, list[int]] = defaultdict(list)
    for index, kind in enumerate(given):
        free[kind].append(index)
    return tuple(free[kind].pop(0) for kind in wanted)


def _kinds(rows: Sequence[Cells], width: int) -> list[Kind]:
    return [kind_of(row[i] for row in rows) for i in range(width)]


def _matches(expected: Expected, rows: Sequence[Cells]) -> bool:
    start = 0
    everything = [row for group in expected.groups for row in group.rows]
    texts = [
        _mixed(a, b)
        for a, b in zip(_kinds(everything, expected.width), _kinds(rows, expected.width), strict=True)
    ]
    rows = _read_texts(rows, texts)
    for group in expected.groups:
        if not _is_sub_bag(rows[start : start + group.count], _read_texts(group.rows, texts)):
            return False
        start += group.count
    return True


def _mixed(a: Kind, b: Kind) -> bool:
    return a != b and "text" in (a, b)


def _read_texts(rows: Sequence[Cells], texts: Sequence[bool]) -> Sequence[Cells]:
    if not any(texts):
        return rows
    return [
        tuple(read_text(cell) if text else cell for cell, text in zip(row, texts, strict=True))
        for row in rows
    ]


def _is_sub_bag(rows: Sequence[Cells], allowed: Sequence[Cells]) -> bool:
    """Whether every row has a partner of its own among the allowed ones."""
    spare = Counter(allowed)
    unmatched: list[Cells] = []
    for row in rows:
        if spare[row] > 0:
            spare[row] -= 1
        else:
            unmatched.append(row)
    return not unmatched or _pair_nearly(unmatched, list(spare.elements()))


def _pair_nearly(rows: Sequence[Cells], allowed: Sequence[Cells]) -> bool:
    """Pair rows whose floats differ by rounding only: the exact cells must agree, the floats lie within the tolerance."""
    loose = sorted({i for row in (*rows, *allowed) for i, cell in enumerate(row) if _has_float(cell)})
    if not loose:
        return False
    buckets: dict[Cells, list[tuple[float, Cells]]] = defaultdict(list)
    for row in allowed:
        buckets[_without(row, loose)].append((_height(row[loose[0]]), row))
    for bucket in buckets.values():
        bucket.sort(key=lambda pair: pair[0])
    return all(_take_near(row, buckets[_without(row, loose)], loose) for row in rows)


def _take_near(row: Cells, bucket: list[tuple[float, Cells]], loose: Sequence[int]) -> bool:
    height = _height(row[loose[0]])
    margin = abs(height) * 2 * RELATIVE + 1e-9
    at = bisect_left(bucket, height - margin, key=lambda pair: pair[0])
    while at < len(bucket) and bucket[at][0] <= height + margin:
        if all(near(row[i], bucket[at][1][i]) for i in loose):
            del bucket[at]
            return True
        at += 1
    return False


def _without(row: Cells, loose: Sequence[int]) -> Cells:
    return tuple(cell for i, cell in enumerate(row) if i not in loose)


def _has_float(cell: Hashable) -> bool:
    return any(isinstance(number, float) for number in numbers_of(cell))


def _height(cell: Hashable) -> float:
    """The cell's first number; text and dates have none and sort first, together."""
    number = next(numbers_of(cell), None)
    try:
        return -1e308 if number is None else float(number)
    except OverflowError:
        return -1e308
