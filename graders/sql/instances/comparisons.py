"""Which columns of a query are compared with each other, and which of its subqueries may give one row only.

reported BETWEEN start AND start + INTERVAL '10 days'       reported and start: 0 or 10 days apart, or a day more or less
length / (SELECT length FROM river WHERE name = 'Rhine')    one river only may be called Rhine
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlglot import exp

from .kinds import as_moment
from .lineage import Place, Scoped

Evaluate = Callable[[exp.Expr], object]
"""The value of an expression without columns, or None."""

Gap = tuple[Place, Place, tuple[float, ...]]
"""Two columns, and how far apart they may be, in days or units."""

_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)
_START = datetime(2001, 1, 1)
_DAYS_OF = {"year": 365.0, "month": 30.0, "week": 7.0, "day": 1.0, "hour": 1 / 24, "minute": 1 / 1440}
_MODIFIER = re.compile(r"[+-]?(\d+) (year|month|week|day|hour|minute)s?", re.IGNORECASE)  # of SQLite's date()
_FARTHEST = 4_000


def gaps_of(query: Scoped, evaluate: Evaluate) -> Iterator[Gap]:
    """The comparisons of one column with another."""
    for node in query.tree.find_all(*_COMPARISONS, exp.Between):
        if isinstance(node, exp.Between):
            sides = [(node.this, node.args["low"]), (node.this, node.args["high"])]
        else:
            sides = [(node.this, node.expression)]
        for left, right in sides:
            yield from _gap(left, right, query, evaluate, plain=isinstance(node, exp.EQ))


def _gap(left: exp.Expr, right: exp.Expr, query: Scoped, evaluate: Evaluate, *, plain: bool) -> Iterator[Gap]:
    if any(side.find(exp.AggFunc, exp.Query, exp.Window) for side in (left, right)):
        return
    columns = [column for side in (left, right) for column in side.find_all(exp.Column)]
    places = sorted({place for column in columns for place in query.places(column, query.scope_of(column))})
    steps = sorted({abs(step) for side in (left, right) for step in _steps(side, evaluate)} - {0.0})
    if len(places) != 2 or (plain and not steps):
        return
    exact = [sign * step for step in (*steps, *steps) for sign in (1, -1)]
    beside = [sign * step + by for step in steps for sign in (1, -1) for by in (-1, 1)]
    yield places[0], places[1], (0.0, *exact, *beside) if steps else (0.0, 0.0, -1.0, 1.0)


def _steps(side: exp.Expr, evaluate: Evaluate) -> Iterator[float]:
    """The intervals of an expression in days, and its numbers."""
    for node in side.walk(prune=lambda node: isinstance(node, exp.Interval)):
        if isinstance(node, exp.Interval):
            start = exp.cast(exp.Literal.string(_START.isoformat(" ")), "TIMESTAMP")
            moment = as_moment(evaluate(exp.Add(this=start, expression=node.copy())))
            if moment is not None and abs(moment - _START).days <= _FARTHEST:
                yield (moment - _START).total_seconds() / 86_400
        elif isinstance(node, exp.Literal) and node.is_string:
            modifier = _MODIFIER.fullmatch(node.name)
            if modifier:
                yield float(modifier[1]) * _DAYS_OF[modifier[2].lower()]
        elif isinstance(node, exp.Literal) and 0 < float(node.name) <= _FARTHEST:
            yield float(node.name)


def singles_of(query: Scoped) -> set[Place]:
    """The columns in the conditions of subqueries that stand for a value; such a subquery fails where it finds several rows."""
    found: set[Place] = set()
    for subquery in query.tree.find_all(exp.Subquery):
        inner = subquery.this
        if isinstance(
            subquery.parent, exp.From | exp.Join | exp.In | exp.Exists | exp.SetOperation
        ) or not isinstance(inner, exp.Select):
            continue
        if inner.args.get("limit") or any(selected.find(exp.AggFunc) for selected in inner.selects):
            continue
        where = inner.args.get("where")
        for column in where.find_all(exp.Column) if where is not None else ():
            found |= query.places(column, query.scope_of(column))
    return found
