"""What sqlglot's translation to SQLite gets wrong, as far as it is common.

SQLite has no dates: they are texts, `'2024-03-01' - '2024-02-01'` is 0 and `CAST('2024-03-01' AS TIMESTAMPTZ)` is 2024. What is known to be a date is
computed by SQLite's date functions, and what they cannot do raises Unsupported.

    EXTRACT(YEAR FROM d)           CAST(strftime('%Y', d) AS INTEGER)
    d + INTERVAL '1 month'         the 31st of January becomes the 29th of February, not the 2nd of March
    name LIKE 'A%'                 name GLOB 'A*': SQLite's LIKE takes 'a' for 'A'

Dates and timestamps are compared as the texts they are, and a LIKE whose pattern is computed stays one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from sqlglot import exp

from .other_dialects import cut_convert
from .postgres_outputs import drop_public, name_outputs
from .postgres_patterns import strftime_form
from .postgres_types import MARK, POSTGRES_FAMILY
from .query_types import copy_types, is_integer, is_moment, qualified
from .rewriting import Rule, Unsupported, apply_rules, fill_in, quoted
from .sqlite_dates import field_of, interval_of, moved, parts_of, truncated

_fill = partial(fill_in, "sqlite")
_SPECIFIERS = frozenset("YmdHMSjwf%")


def rewritten(tree: exp.Expr, dialect: str, schema: Mapping[str, Mapping[str, str]]) -> exp.Expr:
    """The tree of a query in `dialect` so that sqlglot writes in SQLite's what it means; Unsupported where it would not."""
    rules = _RULES
    if dialect in POSTGRES_FAMILY:
        drop_public(tree)
        name_outputs(tree)
        rules = _RULES | {exp.Like: _like}
    copy_types(tree, qualified(tree, schema, dialect))
    tree = apply_rules(tree, rules)
    if any(interval_of(node) for node in tree.walk()):
        raise Unsupported("an interval that is not added to a date")
    return tree


def _call(call: exp.Anonymous) -> exp.Expr | None:
    name = call.name.lower()
    if len(call.expressions) == 2 and name == f"{MARK}date_part":
        return _with_type(call, field_of(call.expressions[0].name, call.expressions[1]))
    if len(call.expressions) == 2 and name == f"{MARK}to_char" and is_moment(call.expressions[0]):
        return _strftime(call.expressions[0], strftime_form(call.expressions[1].name))
    if name == f"{MARK}now":
        return exp.CurrentTimestamp()
    if name.startswith(MARK):
        raise Unsupported(f"{name.removeprefix(MARK)}()")
    return None


def _time_to_str(node: exp.TimeToStr) -> exp.Expr:
    return _strftime(node.this, node.text("format"))


def _strftime(moment: exp.Expr, form: str) -> exp.Expr:
    for specifier in re.findall(r"%(-?.)", form):
        if specifier not in _SPECIFIERS:
            raise Unsupported(f"'%{specifier}' is no part of SQLite's strftime")
    return _fill(f"strftime({quoted(form)}, x)", x=moment)


def _extract(node: exp.Extract) -> exp.Expr:
    return _with_type(node, field_of(node.name, node.expression))


def _with_type(node: exp.Expr, changed: exp.Expr) -> exp.Expr:
    """Postgres's fields are numeric although they are whole: extract(year FROM d) / 10 is 202.4."""
    changed.type = node.type
    return changed


def _part(node: exp.Func) -> exp.Expr:
    """YEAR(x) and its kind."""
    return field_of(node.key, _text_of(node.this))


def _plus(node: exp.Add) -> exp.Expr | None:
    if all(side.is_type(*exp.DataType.TEXT_TYPES) for side in (node.left, node.right)):
        return _fill("a || b", a=node.left, b=node.right)  # T-SQL's
    if is_moment(node.left) and node.right.is_string:
        return moved(node.left, parts_of(node.right.name), 1)
    return _moved(node, node.left, node.right, 1) or _moved(node, node.right, node.left, 1)


def _minus(node: exp.Sub) -> exp.Expr | None:
    left, right = node.left, node.right
    between = (is_moment(left) and (is_moment(right) or right.is_string)) or (
        left.is_string and is_moment(right)
    )
    if not between:
        return _moved(node, left, right, -1)
    if is_integer(node):
        return _fill("CAST(julianday(a) - julianday(b) AS INTEGER)", a=left, b=right)
    if not _is_measured(node):
        raise Unsupported("the time between two timestamps")
    return None


def _moved(node: exp.Expr, moment: exp.Expr, step: exp.Expr, sign: int) -> exp.Expr | None:
    """A date or a timestamp and an interval that is written out, or a date and a number of days; None for anything else."""
    if is_moment(moment) and (interval := interval_of(step)):
        return moved(moment, interval, sign)
    if moment.is_type(exp.DType.DATE) and is_integer(step):
        return _with_type(node, _fill(f"date(x, ({sign} * n) || ' days')", x=moment, n=step))
    return None


def _is_measured(node: exp.Expr) -> bool:
    """Whether a field is taken from it: EXTRACT(EPOCH FROM (a - b))."""
    holder = node.parent
    while isinstance(holder, exp.Paren):
        holder = holder.parent
    return isinstance(holder, exp.Extract) or (holder is not None and holder.name == f"{MARK}date_part")


def _date_diff(node: exp.DateDiff) -> exp.Expr:
    if node.text("unit").upper() not in ("", "DAY"):
        raise Unsupported(f"a difference in {node.text('unit').lower()}s")
    sides = {name: _text_of(side) for name, side in (("a", node.this), ("b", node.expression))}
    return _fill("CAST(julianday(date(a)) - julianday(date(b)) AS INTEGER)", **sides)


def _text_of(node: exp.Expr) -> exp.Expr:
    """Without the casts that sqlglot puts around what a dialect takes for a date."""
    return node.this if isinstance(node, exp.TsOrDsToDate | exp.TimeStrToTime) else node


def _date_add(node: exp.DateAdd | exp.DateSub) -> exp.Expr:
    """MySQL's DATE_ADD(d, INTERVAL 1 MONTH)."""
    if not isinstance(node.expression, exp.Literal):
        raise Unsupported("a number of days that is not written out")
    interval = parts_of(f"{node.expression.name} {node.text('unit')}")
    return moved(node.this, interval, -1 if isinstance(node, exp.DateSub) else 1)


def _truncation(node: exp.TimestampTrunc | exp.DateTrunc) -> exp.Expr:
    return truncated(node.text("unit"), node.this)


def _cast(node: exp.Cast) -> exp.Expr | None:
    to: exp.DataType = node.args["to"]
    size = [parameter.this for parameter in to.expressions]
    if to.is_type(*exp.DataType.TEXT_TYPES):
        _refuse_real_text(node.this)
    if to.is_type(*exp.DataType.TEXT_TYPES) and size:
        return _fill("substr(CAST(x AS TEXT), 1, n)", x=node.this, n=size[0])
    if to.this == exp.DType.DECIMAL and size:
        return _fill("round(x, n)", x=node.this, n=size[1] if len(size) > 1 else exp.Literal.number(0))
    if is_integer(node) and node.this.is_type(*exp.DataType.REAL_TYPES):
        return _fill("CAST(round(x) AS INTEGER)", x=node.this)
    if to.this == exp.DType.TIME:
        return _fill("time(x)", x=node.this)
    if to.this in (exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ):
        return _fill("datetime(x)", x=node.this)
    return None


def _joined_text(node: exp.DPipe) -> None:
    _refuse_real_text(node.left)
    _refuse_real_text(node.right)


def _refuse_real_text(node: exp.Expr) -> None:
    """SQLite shows 20.00 as 20 and 3 as 3.0."""
    if node.is_type(*exp.DataType.REAL_TYPES) and not isinstance(node, exp.Literal):
        raise Unsupported("a number that is not whole as a text")


def _convert(node: exp.Convert) -> exp.Expr | None:
    """T-SQL's CONVERT(VARCHAR(10), d, 120)."""
    return cut_convert(node, "sqlite", "substr(x, 1, n)")


def _division(node: exp.Div) -> exp.Expr | None:
    """20.00 lies in a NUMERIC column as the integer 20, and 20 / 3 is 6."""
    real = node.is_type(*exp.DataType.REAL_TYPES)
    return _fill("CAST(a AS REAL) / b", a=node.left, b=node.right) if real else None


def _remainder(node: exp.Mod) -> None:
    """SQLite cuts both sides to integers first."""
    if node.type and not node.is_type(exp.DType.UNKNOWN) and not is_integer(node):
        raise Unsupported("the remainder of a number that is not whole")


def _concat(node: exp.Concat) -> exp.Expr:
    for part in node.expressions:
        _refuse_real_text(part)
    template = "coalesce(x, '')" if node.args.get("coalesce") else "x"
    parts = [_fill(template, x=part) for part in list(node.expressions)]
    joined = parts[0]
    for part in parts[1:]:
        joined = _fill("a || b", a=joined, b=part)
    return joined


def _left(node: exp.Left) -> exp.Expr:
    return _fill("substr(x, 1, n)", x=node.this, n=node.expression)


def _right(node: exp.Right) -> exp.Expr:
    return _fill("substr(x, -n)", x=node.this, n=node.expression)


def _substring(node: exp.Substring) -> None:
    start = node.args.get("start")
    if start is not None and start.is_string:
        raise Unsupported("substring() with a regular expression")


def _select(node: exp.Select) -> None:
    """sqlglot numbers the rows for DISTINCT ON, and `*` would show the numbers."""
    distinct = node.args.get("distinct")
    if distinct and distinct.args.get("on") and node.is_star:
        raise Unsupported("DISTINCT ON beside *")


def _like(node: exp.Like) -> exp.Expr | None:
    if not node.expression.is_string or isinstance(node.parent, exp.Escape):
        return None
    signs = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
    pattern = re.sub(r"[%_*?\[]", lambda found: signs[found[0]], node.expression.name)
    return exp.Glob(this=node.this.copy(), expression=exp.Literal.string(pattern))


_RULES: dict[type[exp.Expr], Rule] = {
    exp.Anonymous: _call,
    exp.TimeToStr: _time_to_str,
    exp.Extract: _extract,
    exp.Year: _part,
    exp.Month: _part,
    exp.Day: _part,
    exp.Quarter: _part,
    exp.Hour: _part,
    exp.Minute: _part,
    exp.Add: _plus,
    exp.Sub: _minus,
    exp.DateDiff: _date_diff,
    exp.DateAdd: _date_add,
    exp.DateSub: _date_add,
    exp.TimestampTrunc: _truncation,
    exp.DateTrunc: _truncation,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Convert: _convert,
    exp.Div: _division,
    exp.DPipe: _joined_text,
    exp.Mod: _remainder,
    exp.Concat: _concat,
    exp.Left: _left,
    exp.Right: _right,
    exp.Substring: _substring,
    exp.Select: _select,
}
