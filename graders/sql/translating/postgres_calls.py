"""Postgres functions that DuckDB lacks or has with another meaning, by name: one small rule each.

A rule gets a call whose arguments are translated already and returns what stands in its place; Unsupported when nothing can.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from .postgres_numbers import number_of, number_text
from .postgres_patterns import interval_text, moment_of, moment_text
from .postgres_types import MARK
from .rewriting import Unsupported, fill

_PARTS_OF_INTERVAL = ("years", "months", "weeks", "days", "hours", "mins", "secs")
_SECONDS = {"second": 1_000_000, "millisecond": 1_000}


def to_char(call: exp.Anonymous) -> exp.Expr:
    """By the type of what is shown; where that is not known, a pattern of digits alone shows a number."""
    shown, pattern = _text_and_pattern(call)
    if shown.is_type(exp.DType.INTERVAL):
        return interval_text(shown, pattern)
    unknown = shown.type is None or shown.is_type(exp.DType.UNKNOWN)
    if shown.is_type(*exp.DataType.NUMERIC_TYPES) or (unknown and re.match(r"(FM)?[^A-Za-z]*[09]", pattern)):
        return number_text(shown, pattern)
    return moment_text(shown, pattern)


def to_date(call: exp.Anonymous) -> exp.Expr:
    return fill("CAST(x AS DATE)", x=moment_of(*_text_and_pattern(call)))


def to_timestamp(call: exp.Anonymous) -> exp.Expr:
    """Of a number: seconds since 1970, here without a time zone, as all times of a database are."""
    if len(call.expressions) == 1:
        return fill("make_timestamp(CAST(CAST(x AS DOUBLE) * 1000000 AS BIGINT))", x=call.expressions[0])
    return moment_of(*_text_and_pattern(call))


def to_number(call: exp.Anonymous) -> exp.Expr:
    return number_of(*_text_and_pattern(call))


def _text_and_pattern(call: exp.Anonymous) -> tuple[exp.Expr, str]:
    if len(call.expressions) != 2 or not call.expressions[1].is_string:
        raise Unsupported(f"{call.name.removeprefix(MARK)}() with a pattern that is not a plain text")
    return call.expressions[0], call.expressions[1].name


def date_part(call: exp.Anonymous) -> exp.Expr:
    unit, moment = call.expressions
    plain = exp.Anonymous(this="date_part", expressions=[exp.Literal.string(unit.name), moment.copy()])
    return field(unit.name, moment) or plain


def field(unit: str, moment: exp.Expr) -> exp.Expr | None:
    """Seconds have a fraction in Postgres; in DuckDB they are whole. None for other fields."""
    factor = _SECONDS.get(unit.lower().rstrip("s"))
    return fill(f"date_part('microseconds', x) / {factor}.0", x=moment) if factor else None


def regexp_match(call: exp.Anonymous) -> exp.Expr:
    """The groups of the first match, or all of it, as an array; NULL without one."""
    text, pattern, flag = _regexp(call, "i")
    return fill(f"CASE WHEN regexp_matches(x, y{flag}) THEN {_found(pattern, flag)} END", x=text, y=pattern)


def regexp_matches(call: exp.Anonymous) -> exp.Expr:
    """A row for each match; DuckDB's regexp_matches only says whether there is one."""
    text, pattern, flag = _regexp(call, "g")
    if not flag:
        return fill(f"unnest(CASE WHEN regexp_matches(x, y) THEN [{_found(pattern)}] END)", x=text, y=pattern)
    if groups_of(pattern) > 1:
        raise Unsupported("regexp_matches() with 'g' and several groups")
    every = f"regexp_extract_all(x, y, {groups_of(pattern)})"
    return fill(f"unnest(list_transform({every}, lambda found: [found]))", x=text, y=pattern)


def _regexp(call: exp.Anonymous, allowed: str) -> tuple[exp.Expr, exp.Expr, str]:
    """Text, pattern and, as DuckDB's next argument, the flag."""
    text, pattern, *flags = call.expressions
    flag = flags[0].name if flags else ""
    if flag not in ("", allowed):
        raise Unsupported(f"{call.name.removeprefix(MARK)}() with the flags '{flag}'")
    return text, pattern, f", '{flag}'" if flag else ""


def _found(pattern: exp.Expr, flag: str = "") -> str:
    """The groups of a match of y in x, as the template of a list."""
    groups = range(1, groups_of(pattern) + 1) or [0]
    return "[" + ", ".join(f"regexp_extract(x, y, {group}{flag})" for group in groups) + "]"


def groups_of(pattern: exp.Expr) -> int:
    """How many groups a regular expression has."""
    try:
        return re.compile(pattern.name if pattern.is_string else "(").groups
    except re.error:
        raise Unsupported("a regular expression that is not a plain text, or not understood") from None


def _regexp_split_to_table(call: exp.Anonymous) -> exp.Expr:
    return fill("unnest(string_split_regex(x, y))", x=call.expressions[0], y=call.expressions[1])


def make_interval(call: exp.Anonymous) -> exp.Expr:
    """A sum of DuckDB's to_years, to_months, ..."""
    parts: dict[str, exp.Expr] = {}
    for place, argument in enumerate(call.expressions):
        named = isinstance(argument, exp.Kwarg | exp.PropertyEQ)
        name = argument.this.name.lower() if named else _PARTS_OF_INTERVAL[place]
        parts[name] = argument.expression if named else argument
    units = {"mins": "minutes", "secs": "seconds"}
    terms = [
        f"to_{units.get(name, name)}({name if name == 'secs' else f'CAST({name} AS INT)'})" for name in parts
    ]
    return fill(" + ".join(terms) or "to_days(0)", **parts)


def date_bin(call: exp.Anonymous) -> exp.Expr:
    width, moment, origin = call.expressions
    return fill("time_bucket(CAST(w AS INTERVAL), m, CAST(o AS TIMESTAMP))", w=width, m=moment, o=origin)


def renamed(name: str) -> Callable[[exp.Expr], exp.Expr]:
    """A rule for a function that DuckDB has under another name."""

    def rule(call: exp.Expr) -> exp.Expr:
        arguments = call.expressions if isinstance(call, exp.Anonymous) else [call.this]
        return exp.Anonymous(this=name, expressions=arguments)

    return rule


CALLS: dict[str, Callable[[exp.Anonymous], exp.Expr]] = {
    f"{MARK}to_char": to_char,
    f"{MARK}to_date": to_date,
    f"{MARK}to_timestamp": to_timestamp,
    f"{MARK}to_number": to_number,
    f"{MARK}date_part": date_part,
    f"{MARK}regexp_match": regexp_match,
    f"{MARK}regexp_matches": regexp_matches,
    f"{MARK}make_interval": make_interval,
    f"{MARK}date_bin": date_bin,
    f"{MARK}now": renamed("now"),
    "regexp_split_to_table": _regexp_split_to_table,
    "every": renamed("bool_and"),
    "json_build_object": renamed("json_object"),
    "jsonb_build_object": renamed("json_object"),
    "json_build_array": renamed("json_array"),
    "jsonb_build_array": renamed("json_array"),
    "jsonb_agg": renamed("json_group_array"),
    "jsonb_array_length": renamed("json_array_length"),
}
"""The rules by the name that sqlglot's tree has, which `postgres.parse` may have marked."""
