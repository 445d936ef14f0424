"""Fields, steps and truncations of dates in SQLite's date functions. A date stays a text of ten characters, a timestamp one of nineteen."""

from __future__ import annotations

import re
from functools import partial

from sqlglot import exp

from .rewriting import Unsupported, fill_in

_fill = partial(fill_in, "sqlite")

Interval = tuple[tuple[str, str], ...]
"""Numbers with their sign, and units in SQLite's words: (("+1", "month"), ("-2", "hour"))."""

_UNITS = {
    "y": "year", "yr": "year", "mon": "month", "d": "day", "h": "hour", "hr": "hour", "min": "minute", "sec": "second", "s": "second",
}  # fmt: skip
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
_DAYS = {"week": 7, "day": 1}
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_FIELDS = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "doy": "%j", "dayofyear": "%j", "dow": "%w", "epoch": "%s",
}  # fmt: skip
_TRUNCATIONS = {
    "year": "date(x, 'start of year')",
    "quarter": "date(x, 'start of month', '-' || ((strftime('%m', x) - 1) % 3) || ' months')",
    "month": "date(x, 'start of month')",
    "week": "date(x, '-6 days', 'weekday 1')",
    "day": "date(x)",
    "hour": "strftime('%Y-%m-%d %H:00:00', x)",
    "minute": "strftime('%Y-%m-%d %H:%M:00', x)",
}


def interval_of(node: exp.Expr) -> Interval | None:
    """The parts of an interval that is written out; None for anything else."""
    if isinstance(node, exp.Interval) and node.this is not None:
        return parts_of(f"{node.this.name} {node.text('unit')}")
    is_cast = isinstance(node, exp.Cast) and node.args["to"].this == exp.DType.INTERVAL
    return parts_of(node.this.name) if is_cast else None


def parts_of(text: str) -> Interval:
    """The interval that a text like '1 month -2 days' names."""
    parts = re.findall(r"([+-]?)\s*(\d+)\s*([a-z]+)", text.lower())
    if not parts or re.sub(r"([+-]?)\s*(\d+)\s*([a-z]+)", "", text.lower()).strip():
        raise Unsupported(f"the interval '{text.strip()}'")
    return tuple((f"{sign or '+'}{number}", _unit(name)) for sign, number, name in parts)


def _unit(name: str) -> str:
    unit = _UNITS.get(name.removesuffix("s"), name.removesuffix("s"))
    if unit not in {**_MONTHS, **_DAYS, **_SECONDS}:
        raise Unsupported(f"an interval of '{name}'")
    return unit


def moved(moment: exp.Expr, interval: Interval, sign: int) -> exp.Expr:
    """The moment plus or minus an interval. Where the month is too short for the day, its last day."""
    months, days, seconds = (
        sign * sum(int(number) * units[unit] for number, unit in interval if unit in units)
        for units in (_MONTHS, _DAYS, _SECONDS)
    )
    is_date = moment.is_type(exp.DType.DATE) and not seconds
    result = moment.copy()
    if months:
        last = f"date(x, 'start of month', '{months + 1:+d} months', '-1 day')"
        template = f"min(date(x, '{months:+d} months'), {last})"
        if not is_date:
            template = f"min(datetime(x, '{months:+d} months'), {last} || ' ' || time(x))"
        result = _fill(template, x=result)
    if days or seconds or not months:
        steps = f"'{days:+d} days'" + (f", '{seconds:+d} seconds'" if seconds else "")
        result = _fill(f"{'date' if is_date else 'datetime'}(x, {steps})", x=result)
    return _typed(result, exp.DType.DATE if is_date else exp.DType.TIMESTAMP)


def truncated(unit: str, moment: exp.Expr) -> exp.Expr:
    """date_trunc: the first day of a period as a date, an hour or a minute as a timestamp."""
    template = _TRUNCATIONS.get(unit.lower())
    if template is None:
        raise Unsupported(f"truncation to '{unit.lower()}'")
    is_date = unit.lower() not in ("hour", "minute")
    return _typed(_fill(template, x=moment), exp.DType.DATE if is_date else exp.DType.TIMESTAMP)


def field_of(name: str, moment: exp.Expr) -> exp.Expr:
    """EXTRACT of a date or a timestamp, and the seconds or full days between two."""
    unit, between = name.lower(), moment.unnest()
    if isinstance(between, exp.Sub) and unit == "epoch":
        return _fill("round((julianday(a) - julianday(b)) * 86400, 3)", a=between.left, b=between.right)
    if isinstance(between, exp.Sub) and unit == "day":
        return _fill("CAST(julianday(a) - julianday(b) AS INTEGER)", a=between.left, b=between.right)
    if unit == "quarter":
        return _fill("(CAST(strftime('%m', x) AS INTEGER) + 2) / 3", x=moment)
    if unit not in _FIELDS or moment.is_type(exp.DType.INTERVAL):
        raise Unsupported(f"the field '{unit}'")
    return _fill(f"CAST(strftime('{_FIELDS[unit]}', x) AS INTEGER)", x=moment)


def _typed(node: exp.Expr, kind: exp.DType) -> exp.Expr:
    node.type = kind
    return node
