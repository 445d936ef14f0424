"""What sqlglot's own translation from Postgres to DuckDB gets wrong, by the kind of node: one small rule each."""

from __future__ import annotations

import re

from sqlglot import exp

from .postgres_calls import CALLS, field, groups_of, renamed
from .postgres_types import MARK
from .query_types import is_integer, is_moment
from .rewriting import Rules, Unsupported, fill


def _call(call: exp.Anonymous) -> exp.Expr | None:
    rule = CALLS.get(call.name.lower())
    try:
        return rule(call) if rule else None
    except (ValueError, LookupError):  # more or fewer arguments than Postgres takes
        raise Unsupported(f"{call.name.removeprefix(MARK)}() with these arguments") from None


def _division(node: exp.Div) -> exp.Expr | None:
    """7 / 2 is 3 in Postgres, 3.5 in DuckDB."""
    whole = is_integer(node.left) and is_integer(node.right)
    return fill("a // b", a=node.left, b=node.right) if whole else None


def _difference(node: exp.Sub) -> exp.Expr | None:
    """A string beside a date or a timestamp is one too; DuckDB asks for a cast."""
    for moment, text, template in ((node.left, node.right, "x - y"), (node.right, node.left, "y - x")):
        if text.is_string and is_moment(moment):
            kind = exp.DType.DATE if moment.is_type(exp.DType.DATE) else exp.DType.TIMESTAMP
            return fill(template, x=moment, y=exp.cast(text.copy(), kind))
    return None


def _round(node: exp.Round) -> exp.Expr | None:
    """Of a double, Postgres rounds halves to the even neighbour, DuckDB away from zero."""
    floating = node.this.is_type(*exp.DataType.FLOAT_TYPES) and not node.args.get("decimals")
    return fill("round_even(x, 0)", x=node.this) if floating else None


def _extract(node: exp.Extract) -> exp.Expr | None:
    return field(node.name, node.expression)


def _cast(node: exp.Cast) -> exp.Expr | None:
    """varchar(n) cuts a text, which DuckDB does not; a numeric rounds halves away from zero, also where DuckDB computes it as a double."""
    to: exp.DataType = node.args["to"]
    if to.this == exp.DType.INTERVAL and node.this.is_string:
        return _interval_literal(node.this.name)
    if to.is_type(*exp.DataType.TEXT_TYPES) and to.expressions:
        return fill("left(CAST(x AS TEXT), n)", x=_shown(node.this), n=to.expressions[0].this)
    if to.is_type(*exp.DataType.TEXT_TYPES):
        shown = _shown(node.this)
        return shown if shown is not node.this else None
    computed = not isinstance(node.this, exp.Column | exp.Literal) and node.this.is_type(exp.DType.DECIMAL)
    return exp.cast(fill("round(x)", x=node.this), to.copy()) if computed and is_integer(node) else None


def _joined_text(node: exp.Expr) -> None:
    """The parts of `||`, concat and concat_ws as Postgres shows them."""
    for part in list(node.iter_expressions()):
        if _shows_a_point(part):
            part.replace(_shown(part.copy()))


def _shown(node: exp.Expr) -> exp.Expr:
    """A double that is whole shows no point in Postgres: '3', not '3.0'."""
    return fill("regexp_replace(CAST(x AS TEXT), '\\.0$', '')", x=node) if _shows_a_point(node) else node


def _shows_a_point(node: exp.Expr) -> bool:
    whole = isinstance(node, exp.Floor | exp.Ceil | exp.Round | exp.Trunc) and not node.args.get("decimals")
    return whole or node.is_type(*exp.DataType.FLOAT_TYPES)


def _interval_literal(text: str) -> exp.Expr | None:
    """Signs apart from their number ('1 month - 1 day') and ISO 8601 ('P1Y2M'), which DuckDB does not read."""
    plain = re.sub(r"([+-])\s+(?=\d)", r"\1", text)
    iso = re.fullmatch(r"P((?:\d+[YMWD])*)(?:T((?:\d+[HMS])*))?", text)
    if iso:
        days = re.sub(r"[YMWD]", lambda unit: f" {_DAY_UNITS[unit[0]]} ", iso[1])
        plain = days + re.sub(r"[HMS]", lambda unit: f" {_TIME_UNITS[unit[0]]} ", iso[2] or "")
    return None if plain == text else fill("CAST(x AS INTERVAL)", x=exp.Literal.string(plain.strip()))


_DAY_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
_TIME_UNITS = {"H": "hours", "M": "minutes", "S": "seconds"}


def _sum(node: exp.Sum) -> exp.Expr | None:
    """The sum of intervals: of their days and of what is less than a day. DuckDB has their average, not their sum."""
    if not node.this.is_type(exp.DType.INTERVAL):
        return None
    if isinstance(node.parent, exp.Window | exp.Filter):
        raise Unsupported("a sum of intervals with OVER or FILTER")
    return fill(
        "to_days(CAST(sum(date_part('day', x)) AS INT)) + "
        "to_microseconds(CAST(sum(epoch_us(x) - date_part('day', x) * 86400000000) AS BIGINT))",
        x=node.this,
    )


def _similar_to(node: exp.SimilarTo) -> exp.Expr:
    """A regular expression with % and _; DuckDB's SIMILAR TO takes `.*` and `.` for them."""
    if not node.expression.is_string or isinstance(node.parent, exp.Escape):
        raise Unsupported("SIMILAR TO with a pattern that is not a plain text, or with ESCAPE")
    signs = {"%": ".*", "_": ".", ".": "\\.", "^": "\\^", "$": "\\$"}
    pattern = re.sub(
        r"\\.|\[[^\]]*\]|[%_.^$]", lambda found: signs.get(found[0], found[0]), node.expression.name
    )
    return fill("regexp_full_match(x, y)", x=node.this, y=exp.Literal.string(f"(?s){pattern}"))


def _like_any(node: exp.Like | exp.ILike) -> exp.Expr | None:
    """`LIKE ANY (ARRAY[...])` and ALL as a chain of LIKEs."""
    patterns = node.expression.this.unnest() if isinstance(node.expression, exp.Any | exp.All) else None
    if not isinstance(patterns, exp.Array | exp.Tuple):
        return None
    likes = [type(node)(this=node.this.copy(), expression=item.copy()) for item in patterns.expressions]
    combined = exp.or_ if isinstance(node.expression, exp.Any) else exp.and_
    return exp.paren(combined(*likes, copy=False), copy=False)


def _word_boundaries(node: exp.Expr) -> None:
    r"""In a regular expression \y, \m and \M are Postgres's; RE2 knows \b."""
    pattern = node.expression
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        pattern.set("this", re.sub(r"(?<!\\)((?:\\\\)*)\\[ymM]", r"\1\\b", pattern.name))


def _substring(node: exp.Substring) -> exp.Expr | None:
    """substring(x FROM 'regular expression'): its first group or all of the match."""
    pattern = node.args.get("start")
    if pattern is None or not pattern.is_string:
        return None
    found = f"regexp_extract(x, y, {min(1, groups_of(pattern))})"
    return fill(f"CASE WHEN regexp_matches(x, y) THEN {found} END", x=node.this, y=pattern)


def _format(node: exp.Format) -> exp.Expr:
    """format('%s', x) is printf; NULL shows as nothing. DuckDB's format takes {} for places."""
    if not node.this.is_string or re.search(r"%[^s%]|%$", node.this.name.replace("%%", "")):
        raise Unsupported("format() with more than %s in its pattern")
    shown = [fill("coalesce(CAST(x AS TEXT), '')", x=_shown(part)) for part in list(node.expressions)]
    return exp.Anonymous(this="printf", expressions=[node.this.copy(), *shown])


def _array_remove(node: exp.Expr) -> exp.Expr:
    """NULL can be removed, and stays where something else is."""
    return fill("list_filter(a, lambda item: item IS DISTINCT FROM x)", a=node.this, x=node.expression)


def _hex(node: exp.Hex) -> exp.Expr:
    """In small letters."""
    return exp.Lower(this=exp.Anonymous(this="to_hex", expressions=[node.this.copy()]))


RULES: Rules = {
    exp.Anonymous: _call,
    exp.Div: _division,
    exp.Sub: _difference,
    exp.Round: _round,
    exp.Extract: _extract,
    exp.Cast: _cast,
    exp.DPipe: _joined_text,
    exp.Concat: _joined_text,
    exp.ConcatWs: _joined_text,
    exp.Sum: _sum,
    exp.SimilarTo: _similar_to,
    exp.Like: _like_any,
    exp.ILike: _like_any,
    exp.RegexpLike: _word_boundaries,
    exp.RegexpILike: _word_boundaries,
    exp.RegexpReplace: _word_boundaries,
    exp.Substring: _substring,
    exp.Format: _format,
    exp.ArrayRemove: _array_remove,
    exp.Hex: _hex,
    exp.JSONArrayAgg: renamed("json_group_array"),
}
