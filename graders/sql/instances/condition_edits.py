"""Edits of conditions and of the values in them: another comparison, a condition less, another constant, nearly the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from .kinds import as_moment, shifted

MAX_SKIPPED = 4
"""Members of an IN list that are left out in turn."""


_COMPARISONS: Mapping[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.EQ: (exp.NEQ, exp.GTE), exp.NEQ: (exp.EQ,), exp.GT: (exp.GTE, exp.LT), exp.GTE: (exp.GT, exp.LTE), exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE), exp.Like: (exp.ILike,), exp.ILike: (exp.Like,), exp.Add: (exp.Sub,), exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,), exp.Div: (exp.Mul,),
}  # fmt: skip


def comparison(node: exp.Expr) -> Iterator[exp.Expr]:
    for other in _COMPARISONS.get(type(node), ()):
        yield other(this=node.this.copy(), expression=node.expression.copy())
    if _names_a_text(node):
        yield exp.ILike(this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, exp.Between) and not isinstance(node.parent, exp.Not):
        for low, high in ((exp.GTE, exp.LT), (exp.GT, exp.LTE)):
            first = low(this=node.this.copy(), expression=node.args["low"].copy())
            last = high(this=node.this.copy(), expression=node.args["high"].copy())
            yield exp.paren(exp.And(this=first, expression=last), copy=False)
        yield exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        yield exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
    if isinstance(node, exp.Sub | exp.Div):
        yield type(node)(this=node.expression.copy(), expression=node.this.copy())


def condition(node: exp.Expr) -> Iterator[exp.Expr | None]:
    """A condition dropped, one side of an AND or OR, or the two exchanged."""
    if isinstance(node, exp.And | exp.Or):
        other = exp.Or if isinstance(node, exp.And) else exp.And
        yield node.this.copy()
        yield node.expression.copy()
        yield exp.paren(other(this=node.this.copy(), expression=node.expression.copy()), copy=False)
        if _names_a_text(node.this) and _names_a_text(node.expression):
            swapped = exp.And(
                this=exp.EQ(this=node.this.this.copy(), expression=node.expression.expression.copy()),
                expression=exp.EQ(this=node.expression.this.copy(), expression=node.this.expression.copy()),
            )
            yield exp.paren(exp.Or(this=node.copy(), expression=swapped), copy=False)
    elif isinstance(node, exp.Where | exp.Having) and not isinstance(node.parent, exp.Filter):
        yield None
    elif isinstance(node, exp.Not):
        yield node.this.copy()
    elif (
        isinstance(node, exp.In | exp.Exists | exp.Between) and not isinstance(node.parent, exp.Not)
    ) or isinstance(node, exp.Is):
        yield exp.not_(node.copy())
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for skipped in range(min(len(node.expressions), MAX_SKIPPED)):
            kept = [value.copy() for i, value in enumerate(node.expressions) if i != skipped]
            yield exp.In(this=node.this.copy(), expressions=kept)


def _names_a_text(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.EQ)
        and isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Literal)
        and node.expression.is_string
    )


def constant(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if isinstance(node, exp.Limit | exp.Offset | exp.Ordered) or not isinstance(node, exp.Literal):
        if isinstance(node, exp.Limit):
            yield None
        return
    if node.is_string:
        text = node.name
        if text.startswith("%") or text.endswith("%"):
            yield from (
                exp.Literal.string(t)
                for t in (text.strip("%"), text.removeprefix("%"), text.removesuffix("%"))
            )
        elif text[:4].isdecimal() and len(text) >= 8:  # a date
            yield exp.Literal.string(str(int(text[:4]) - 1) + text[4:])
            moment = as_moment(text)
            if moment is not None:
                yield exp.Literal.string(shifted(moment, -1).isoformat(" ")[: len(text)])
        elif text and text[0].isdecimal():  # '30 days'
            number = "".join(c for c in text if c.isdecimal() or c == ".").split(".")[0]
            yield exp.Literal.string(text.replace(number, str(int(number) + 1), 1))
        else:
            yield exp.Literal.string(text + "x")
            yield exp.Literal.string(text.upper() if text != text.upper() else text.lower())
    elif node.is_int:
        yield exp.Literal.number(int(node.name) + 1)
        yield exp.Literal.number(max(0, int(node.name) - 1))
    else:
        yield exp.Literal.number(float(node.name) * 2)


_TRUNCATIONS = (exp.TimestampTrunc, exp.DateTrunc)
_CLOCKS = (exp.CurrentDate, exp.CurrentTimestamp)
_UNITS = {
    "month": "year",
    "year": "month",
    "day": "month",
    "week": "month",
    "quarter": "month",
    "hour": "day",
    "dow": "day",
}


def unit(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Var) and node.name.lower() in _UNITS:
        yield exp.var(_UNITS[node.name.lower()])
    elif isinstance(node, exp.Literal) and node.is_string and node.name.lower() in _UNITS:
        yield exp.Literal.string(_UNITS[node.name.lower()])


def period(node: exp.Expr) -> Iterator[exp.Expr]:
    """What is nearly the same time: days for months, the month for the month of the year, today as the end of what has none."""
    if isinstance(node, exp.Interval) and node.unit is not None and node.this.name.isdecimal():
        days = {"MONTH": 30, "YEAR": 365}.get(node.unit.name.upper())
        if days:
            yield exp.Interval(this=exp.Literal.string(str(int(node.this.name) * days)), unit=exp.var("DAY"))
    elif isinstance(node, exp.EQ) and all(
        isinstance(side, _TRUNCATIONS) for side in (node.this, node.expression)
    ):
        yield exp.EQ(
            this=exp.Month(this=node.this.this.copy()), expression=exp.Month(this=node.expression.this.copy())
        )
    elif (
        isinstance(node, exp.GT | exp.GTE)
        and isinstance(node.this, exp.Column)
        and node.expression.find(*_CLOCKS)
    ):
        ended = exp.LTE(this=node.this.copy(), expression=exp.CurrentDate())
        yield exp.paren(exp.And(this=node.copy(), expression=ended), copy=False)
    elif isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval):
        yield node.this.copy()
