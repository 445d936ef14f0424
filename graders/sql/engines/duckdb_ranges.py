"""How many elements range() and generate_series() make, estimated before they do: DuckDB makes the whole list in one call.

    range(1000 * 1000)                                                        1,000,000
    generate_series(DATE '2024-01-01', DATE '2024-12-31', INTERVAL 1 HOUR)    8,760

What comes from columns is not seen: a number counts as 1, and two moments lie ten years apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import inf, prod

from .duckdb_parsing import Node, arguments_of, is_literal, literal_of, name_of, nodes

_YEARS_BETWEEN_COLUMNS = 10
_SECONDS = {
    "microsecond": 1e-6, "millisecond": 1e-3, "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 7 * 86_400,
    "month": 30 * 86_400, "quarter": 91 * 86_400, "year": 366 * 86_400, "decade": 3_660 * 86_400, "century": 36_600 * 86_400,
    "millennium": 366_000 * 86_400,
}  # fmt: skip
_PLURALS = {
    "centurie": "century",
    "millennia": "millennium",
    "us": "microsecond",
    "ms": "millisecond",
    "min": "minute",
}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")
_CLOCK = re.compile(r"(\d+):(\d+)(?::(\d+(?:\.\d+)?))?")
_MOMENT = re.compile(r"\d{1,6}-\d{1,2}-\d{1,2}")
_RAISING = frozenset({"**", "^", "pow", "power", "<<", "factorial", "!"})


def largest_number(node: Node) -> float:
    """The largest number that an expression of literals can be; what is no number counts as 1."""
    if is_literal(node):
        return _number(literal_of(node))
    name = name_of(node)
    if name in _RAISING:
        return inf
    if name in ("*", "+", "-"):
        parts = [largest_number(each) for each in arguments_of(node)]
        return prod(parts) if name == "*" else sum(parts)
    if name or "child" in node:
        return max(map(largest_number, [*arguments_of(node), *_child(node)]), default=1.0)
    return max((_number(literal_of(each)) for each in nodes(node) if is_literal(each)), default=1.0)


def elements(arguments: Sequence[Node]) -> float:
    """How many elements the list of a range() with these arguments gets."""
    if len(arguments) == 3 and (step := sum(_durations(arguments[2]))):
        return _span(arguments[:2]) / step
    return max(map(largest_number, arguments), default=1.0)


def _span(bounds: Sequence[Node]) -> float:
    """The seconds between two moments, with the intervals that are added to them."""
    moments = [_seconds_of(text) for text in _literals(bounds) if _MOMENT.match(text)]
    years = _YEARS_BETWEEN_COLUMNS * _SECONDS["year"]
    between = max(moments) - min(moments) if len(moments) > 1 else years
    return between + sum(seconds for bound in bounds for seconds in _durations(bound))


def _durations(node: Node) -> Iterator[float]:
    """The seconds of each interval in an expression: INTERVAL 2 DAY, to_days(2), INTERVAL '2 days 03:00'."""
    for each in nodes(node):
        unit = _unit(name_of(each).removeprefix("to_")) if name_of(each).startswith("to_") else None
        if unit is not None:
            yield unit * max(map(largest_number, arguments_of(each)), default=1.0)
        elif is_literal(each) and not _MOMENT.match(text := literal_of(each).lower()):
            yield from (float(number) * (_unit(word) or 1e-6) for number, word in _PIECE.findall(text))
            yield from (int(h) * 3_600 + int(m) * 60 + float(s or 0) for h, m, s in _CLOCK.findall(text))


def _unit(word: str) -> float | None:
    word = word.removesuffix("s") if len(word) > 2 else word
    return _SECONDS.get(_PLURALS.get(word, word))


def _seconds_of(moment: str) -> float:
    try:
        return (datetime.fromisoformat(moment).replace(tzinfo=None) - datetime(1, 1, 1)).total_seconds()
    except ValueError:
        return int(moment.partition("-")[0]) * _SECONDS["year"]


def _literals(trees: Sequence[Node]) -> list[str]:
    return [literal_of(node) for node in nodes(list(trees)) if is_literal(node)]


def _child(node: Node) -> list[Node]:
    return [node["child"]] if "child" in node else []


def _number(text: str) -> float:
    try:
        return abs(float(text))
    except ValueError:  # a moment or an interval
        return 1.0
