"""The number patterns of Postgres's to_char and to_number, in DuckDB's functions.

    to_char(x, 'FM$999,990.00')      '$' || ... format('{:,.2f}', abs(round(x, 2)))

Read are digits (9, 0), groups of three, a point, FM, and signs before and after such as `$` and `%`. Anything else (PR, S, RN, EEEE, L) raises
Unsupported.
"""

from __future__ import annotations

import re

from sqlglot import exp

from .rewriting import Unsupported, fill, quoted

_PATTERN = re.compile(
    r"(?P<fm>FM)?(?P<before>[^09.,A-Za-z]*)(?P<digits>[09][09,G]*)(?:[.D](?P<places>[09]*))?(?P<after>[^09.,A-Za-z]*)"
)


def number_text(number: exp.Expr, pattern: str) -> exp.Expr:
    """to_char(number, pattern). A number with too many digits is shown as #, as Postgres does."""
    match = _matched(pattern)
    digits, places = match["digits"].replace("G", ","), match["places"]
    whole = digits.replace(",", "")
    forced = len(whole.lstrip("9"))
    if any(len(group) != 3 for group in digits.split(",")[1:]) or (forced > 1 and "," in digits):
        raise _unsupported(pattern)
    floating = number.is_type(
        *exp.DataType.FLOAT_TYPES
    )  # Postgres leaves the rounding of these to C's printf, as format() does
    length = exp.Literal.number(len(places or ""))
    exact = number if floating else fill("round(x, y)", x=number, y=length)
    shown = _digits("," in digits, forced, places)
    if match["fm"]:
        shown = _without_zeros(shown, places)
    too_long = re.sub("[09]", "#", digits + ("" if places is None else f".{places}"))
    text = f"CASE WHEN x < 0 THEN '-' ELSE '' END || CASE WHEN abs(x) >= 1e{len(whole)} THEN '{too_long}' ELSE {shown} END"
    if not match["fm"]:
        text = f"lpad({text}, {len(too_long) + 1}, ' ')"
    ends = [quoted(match["before"]), text, quoted(match["after"])]
    return fill(" || ".join(end for end in ends if end != "''"), x=exact)


def number_of(text: exp.Expr, pattern: str) -> exp.Expr:
    """to_number(text, pattern): the signs and digits of the text."""
    places = len(_matched(pattern)["places"] or "")
    return fill(f"CAST(regexp_replace(x, '[^-0-9.]', '', 'g') AS DECIMAL(38, {places}))", x=text)


def _matched(pattern: str) -> re.Match[str]:
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        raise _unsupported(pattern)
    return match


def _unsupported(pattern: str) -> Unsupported:
    return Unsupported(f"the number pattern '{pattern}' has no counterpart")


def _digits(grouped: bool, forced: int, places: str | None) -> str:
    """The digits of x without its sign. A zero stands before the point only where the pattern has one."""
    length = len(places or "")
    zeros = f"0{forced + length + bool(length)}" if forced > 1 else ""
    text = f"format('{{:{zeros}{',' if grouped else ''}.{length}f}}', CAST(abs(x) AS DOUBLE))"
    return f"regexp_replace({text}, '^0\\.', '.')" if length and not forced else text


def _without_zeros(text: str, places: str | None) -> str:
    """FM drops the zeros at the end that the pattern writes as 9; the point stays."""
    kept = len((places or "").rstrip("9"))
    if places is None or kept == len(places):
        return text
    return f"regexp_replace({text}, '(\\.\\d{{{kept}}}\\d*?)0+$', '\\1')"
