"""What a gold query answers on one instance, with its order and its ties.

    SELECT name FROM t ORDER BY score DESC LIMIT 2

runs once more as `SELECT name, score FROM t ORDER BY score DESC`: rows of equal score are one group, in which order is free. Of the
group that LIMIT cuts, any rows will do. Without ORDER BY all rows are one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlglot import exp

from .cells import Row, contained, normal, same_bags, same_rows
from .databases import Result


@dataclass(frozen=True, slots=True)
class Expected:
    """Groups of rows in order; the last may be longer than what is left of `count`."""

    groups: tuple[tuple[Row, ...], ...]
    count: int

    def accepts(self, rows: Sequence[Row]) -> bool:
        """Whether the rows are an answer that the gold allows, in an order that it allows."""
        if len(rows) != self.count:
            return False
        starts = [0, *accumulate(map(len, self.groups))]
        return all(
            same_bags(rows[start : start + len(group)], group)
            if start + len(group) <= self.count
            else contained(rows[start:], group)
            for start, group in zip(starts, self.groups, strict=False)
        )

    def accepts_unordered(self, rows: Sequence[Row]) -> bool:
        """Whether the rows are such an answer in any order."""
        if len(rows) != self.count:
            return False
        whole = [row for group in self.groups for row in group]
        if len(whole) == self.count:
            return same_bags(rows, whole)
        certain = [row for group in self.groups[:-1] for row in group]
        return contained(certain, rows) and contained(rows, whole)


@dataclass(frozen=True, slots=True)
class Plan:
    """A gold query as it is run: with its sort keys as further columns, without its LIMIT."""

    sql: str
    keys: int
    limit: int | None
    offset: int

    def expected(self, result: Result) -> Expected:
        """Reads the result of `sql`."""
        rows = [tuple(map(normal, row)) for row in result.rows]
        width = len(result.names) - self.keys
        wanted = rows[self.offset :]
        count = len(wanted) if self.limit is None else min(self.limit, len(wanted))
        groups: list[list[Row]] = []
        last: Row | None = None
        for row in wanted:
            key = row[width:]
            if last is None or not same_rows(key, last):
                if sum(map(len, groups)) >= count:
                    break
                groups.append([])
            groups[-1].append(row[:width])
            last = key
        return Expected(tuple(map(tuple, groups)), count)


def plan(tree: exp.Expr, dialect: str) -> Plan:
    """How to run a gold; raises ValueError where its sort keys cannot be shown beside its columns."""
    copy = tree.copy()
    assert isinstance(copy, exp.Query)
    limit, offset = _number(copy, "limit"), _number(copy, "offset")
    order = copy.args.get("order")
    if order is None:
        return Plan(_without(copy, "limit").sql(dialect), 0, limit, offset or 0)
    outputs = [projection.alias_or_name.lower() for projection in copy.selects]
    keys = [ordered.this for ordered in order.expressions]
    at = [_position(key, outputs, copy) for key in keys]
    copy = _without(copy, "limit")
    if isinstance(copy, exp.Select) and not copy.args.get("distinct"):
        for key, position in zip(keys, at, strict=True):
            shown = copy.selects[position].unalias() if position is not None else key
            copy = copy.select(exp.alias_(shown.copy(), f"key_{len(copy.selects)}", quoted=False))
        return Plan(copy.sql(dialect), len(keys), limit, offset or 0)
    if None in at:
        raise ValueError("a sort key of DISTINCT or UNION is no column of it")
    columns = ", ".join([f"c{i}" for i in range(len(outputs))] + [f"c{i}" for i in at])
    names = ", ".join(f"c{i}" for i in range(len(outputs)))
    return Plan(f"SELECT {columns} FROM ({copy.sql(dialect)}) AS q({names})", len(keys), limit, offset or 0)


def _position(key: exp.Expr, outputs: list[str], query: exp.Query) -> int | None:
    """Which output column a sort key is."""
    if isinstance(key, exp.Literal) and not key.is_string:
        return int(key.this) - 1
    if isinstance(key, exp.Column) and not key.table and outputs.count(key.name.lower()) == 1:
        return outputs.index(key.name.lower())
    return next((i for i, shown in enumerate(query.selects) if shown.unalias() == key), None)


def _number(query: exp.Query, part: str) -> int | None:
    node = query.args.get(part)
    if node is None:
        return None
    if not isinstance(node.expression, exp.Literal):
        raise ValueError(f"{part} is no number")
    return int(node.expression.this)


def _without(query: exp.Query, part: str) -> exp.Query:
    query.set(part, None)
    query.set("offset", None)
    return query
