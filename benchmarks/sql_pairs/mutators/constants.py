"""Edits of constants: a number or date moved, another text, another pattern, a longer interval, another part of a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlglot import exp

from .context import Context, Edits

_UNITS = {"DAY": "WEEK", "WEEK": "MONTH", "MONTH": "WEEK", "QUARTER": "MONTH", "YEAR": "MONTH"}
_PARTS = {"YEAR": "MONTH", "MONTH": "YEAR", "DOW": "DAY", "DAY": "MONTH"}


def number(node: exp.Expr, context: Context) -> Edits:
    """A number in a comparison or calculation plus or minus one."""
    if not isinstance(node, exp.Literal) or node.is_string or not _is_constant(node):
        return
    value = float(node.this)
    steps = (1, -1) if value.is_integer() else (0.5, -0.5)
    for step in steps:
        moved = value + step
        if moved >= 0 and not (moved == 0 and isinstance(node.parent, exp.Div)):
            yield "number", exp.Literal.number(int(moved) if moved.is_integer() else round(moved, 6))


def text(node: exp.Expr, context: Context) -> Edits:
    """A text or date that a column is compared with."""
    if not isinstance(node, exp.Literal) or not node.is_string or not _is_constant(node):
        return
    moment = _moment(node.this)
    if moment is not None:
        for days in (1, -1, 31):
            moved = moment + timedelta(days)
            whole = len(node.this) <= 10
            yield "date", exp.Literal.string(moved.date().isoformat() if whole else moved.isoformat(sep=" "))
        return
    column = context.compared(node)
    if column is None or "%" in node.this:
        return
    other = context.another(column, node.this)
    if isinstance(other, str):
        yield "text", exp.Literal.string(other.lower() if node.this.islower() else other)


def pattern(node: exp.Expr, context: Context) -> Edits:
    """A LIKE pattern that no longer floats, another word in it, LIKE for ILIKE, and LOWER dropped."""
    if isinstance(node, exp.Like | exp.ILike) and isinstance(node.expression, exp.Literal):
        given = node.expression.this
        for changed in (given.lstrip("%"), given.rstrip("%")):
            if changed not in {given, ""}:
                yield (
                    "pattern_anchored",
                    type(node)(this=node.this.copy(), expression=exp.Literal.string(changed)),
                )
        column, bare = context.compared(node.expression), given.strip("%")
        other = context.another(column, bare) if column else None
        if isinstance(other, str):
            changed = given.replace(bare, other.lower() if bare.islower() else other)
            yield "pattern_text", type(node)(this=node.this.copy(), expression=exp.Literal.string(changed))
    if isinstance(node, exp.ILike) and not isinstance(node.this, exp.Lower | exp.Upper):
        yield "case_matters", exp.Like(this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, exp.Lower) and isinstance(node.parent, exp.Like | exp.EQ):
        yield "case_matters", node.this.copy()


def interval(node: exp.Expr, context: Context) -> Edits:
    """An interval one unit longer or shorter, or of another unit."""
    if not isinstance(node, exp.Interval) or not isinstance(node.this, exp.Literal):
        return
    words = node.this.this.split()
    if not words or not words[0].isdigit():
        return
    count, unit = (
        int(words[0]),
        " ".join(words[1:]) or (node.args["unit"].name if node.args.get("unit") else "DAY"),
    )
    for other in (count + 1, count - 1):
        if other > 0:
            yield "interval", exp.Interval(this=exp.Literal.string(str(other)), unit=exp.var(unit.upper()))
    swapped = {"MONTH": "WEEK", "YEAR": "MONTH", "WEEK": "MONTH", "DAY": "WEEK"}.get(unit.upper().rstrip("S"))
    if swapped:
        yield "interval_unit", exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(swapped))


def date_part(node: exp.Expr, context: Context) -> Edits:
    """Another unit of DATE_TRUNC, another part of EXTRACT."""
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        unit = node.args.get("unit")
        other = _UNITS.get(unit.name.upper()) if unit is not None else None
        if other:
            copy = node.copy()
            copy.set("unit", exp.Literal.string(other) if isinstance(unit, exp.Literal) else exp.var(other))
            yield "date_unit", copy
    if isinstance(node, exp.Extract) and (part := _PARTS.get(node.this.name.upper())):
        yield "date_part", exp.Extract(this=exp.var(part), expression=node.expression.copy())


def _is_constant(node: exp.Literal) -> bool:
    """Whether a literal is no position, row count, interval, unit or digits of ROUND."""
    if isinstance(
        node.parent, exp.Interval | exp.Ordered | exp.Group | exp.Limit | exp.Offset | exp.Round | exp.Nullif
    ):
        return False
    if isinstance(
        node.parent, exp.Coalesce | exp.DateTrunc | exp.TimestampTrunc | exp.DataTypeParam | exp.Select
    ):
        return False
    if isinstance(node.parent, exp.Count | exp.Like | exp.ILike | exp.Alias):
        return False
    return not (isinstance(node.parent, exp.If | exp.Case) and _is_counted(node))


def _is_counted(node: exp.Literal) -> bool:
    """Whether a literal is what a CASE under COUNT gives: any would do."""
    case = node.find_ancestor(exp.Case)
    return case is not None and isinstance(case.parent, exp.Count | exp.Distinct)


def _moment(value: str) -> datetime | None:
    try:
        return (
            datetime.combine(date.fromisoformat(value), datetime.min.time())
            if len(value) == 10
            else datetime.fromisoformat(value)
            if len(value) > 10
            else None
        )
    except ValueError:
        return None
