"""Which orders of rows, and which rows at a LIMIT, a gold query leaves open.

    SELECT name FROM t ORDER BY price LIMIT 3       prices 1, 2, 2, 2, 5

gives the groups [price 1: needs 1 of 1], [price 2: needs 2 of 3]: any two of the three rows that share the price are right. To learn the
groups the gold query runs once more, without its LIMIT and with its sort keys as extra columns. Where that does not work
(a sort key that cannot be shown beside a DISTINCT, a result too long without its LIMIT), less is forgiven, never more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .comparing.cells import near, plain
from .comparing.equality import Expected, Group, expected_of
from .comparing.rules import Rules
from .comparing.verdicts import is_right
from .engines.engine import Database, Failure, Query, Row, Table


@dataclass(frozen=True, slots=True)
class _Window:
    """The rows that LIMIT and OFFSET keep; `limit` None keeps all."""

    offset: int
    limit: int | None

    def count(self, rows: int) -> int:
        left = max(0, rows - self.offset)
        return left if self.limit is None else min(left, self.limit)


def expected_from(database: Database, instance: str, query: Query, table: Table, rules: Rules) -> Expected:
    """What a right answer to the gold query, which gave `table` on an instance, may look like under the rules."""
    if rules.order != "gold" or not table.rows or query.tree is None:
        return expected_of(table, rules)
    tree = query.tree
    root = tree.unnest() if isinstance(tree, exp.Subquery) else tree
    order = root.args.get("order")
    for limitless in (True, False):
        expected = _grouped(database, instance, root, order, table, rules, limitless=limitless)
        if expected is not None and is_right(expected, table):
            return expected
    return expected_of(table, rules, ordered=order is not None)


def _grouped(
    database: Database,
    instance: str,
    root: exp.Expr,
    order: exp.Order | None,
    table: Table,
    rules: Rules,
    *,
    limitless: bool,
) -> Expected | None:
    window = _window(root) if limitless else _Window(0, None)
    if window is None or (order is None and window.limit is None and not window.offset):
        return None
    keyed = root.copy()
    if limitless:
        keyed.set("limit", None)
        keyed.set("offset", None)
    keys = _show_keys(keyed, order, table)
    if keys is None:
        return None
    try:
        text = keyed.sql(dialect=database.engine, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError:
        return None
    result = database.run(Query(text, database.engine), instance)
    if isinstance(result, Failure) or window.count(len(result.rows)) != len(table.rows):
        return None
    return Expected(
        table.names,
        len(table.names),
        _groups(result, keys, len(table.names), window, rules),
        table.rows,
        rules,
    )


def _groups(
    result: Table, keys: Sequence[int], width: int, window: _Window, rules: Rules
) -> tuple[Group, ...]:
    end = window.offset + window.count(len(result.rows))
    groups: list[Group] = []
    start = 0
    for tied in _tied(result.rows, keys, rules):
        count = min(start + len(tied), end) - max(start, window.offset)
        if count > 0:
            groups.append(Group([row[:width] for row in tied], count))
        start += len(tied)
    return tuple(groups)


def _tied(rows: Sequence[Row], keys: Sequence[int], rules: Rules) -> Iterator[list[Row]]:
    """Rows with equal sort keys. Floats that differ by rounding are equal: the mean of the same numbers depends on their order."""
    before: list[Hashable] | None = None
    tied: list[Row] = []
    for row in rows:
        key = [plain(row[i], rules) for i in keys]
        if before is not None and not all(near(a, b, rules) for a, b in zip(before, key, strict=True)):
            yield tied
            tied = []
        tied.append(row)
        before = key
    if tied:
        yield tied


def _window(root: exp.Expr) -> _Window | None:
    """LIMIT and OFFSET where both are plain numbers, else None."""
    numbers: list[int | None] = []
    for name in ("offset", "limit"):
        node = root.args.get(name)
        value = node.args.get("expression") if node is not None else None
        if node is not None and not (isinstance(value, exp.Literal) and value.is_int):
            return None
        numbers.append(int(value.this) if value is not None else None)
    return _Window(numbers[0] or 0, numbers[1])


def _show_keys(root: exp.Expr, order: exp.Order | None, table: Table) -> list[int] | None:
    """Positions of the sort keys in the result, keys that are not shown yet appended to it; None where that would change the rows."""
    positions: list[int] = []
    shown = len(table.names)
    for key in order.expressions if order is not None else []:
        position = _position(key.this, root, table)
        if position is None:
            if not isinstance(root, exp.Select) or not _may_append(root):
                return None
            root.select(exp.alias_(key.this.copy(), f"sort_key_{shown}"), copy=False)
            position, shown = shown, shown + 1
        positions.append(position)
    return positions


def _position(key: exp.Expr, root: exp.Expr, table: Table) -> int | None:
    if isinstance(key, exp.Literal) and key.is_int:
        return int(key.this) - 1 if 1 <= int(key.this) <= len(table.names) else None
    names = [name.lower() for name in table.names]
    if isinstance(key, exp.Column) and not key.table and names.count(key.name.lower()) == 1:
        return names.index(key.name.lower())
    shown = [projection.unalias() for projection in root.selects] if isinstance(root, exp.Query) else []
    return shown.index(key) if key in shown and len(shown) == len(table.names) else None


def _may_append(root: exp.Select) -> bool:
    """Whether one more column leaves the rows as they are: not under DISTINCT or GROUP BY ALL."""
    if root.args.get("distinct"):
        return False
    group = root.args.get("group")
    return group is None or not group.args.get("all")
