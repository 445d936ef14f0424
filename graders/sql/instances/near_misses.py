"""The values that a gold's constants and patterns ask for, in the notation of a column, and those that only just miss them.

pay > 20          20; 19, 21
name LIKE 'A%n'   'An', 'Aab n'; 'AN', 'an', 'A n', ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from .kinds import MOMENTS, TIMES, Kind, Value, as_moment, as_text, decimal_text, padded, shifted

_SECOND = 1 / 86_400


def around(constant: object, kind: Kind, scale: int, clock: datetime) -> tuple[list[Value], list[Value]]:
    """A constant in the notation of the column, and the values just beside it."""
    if kind in ("integer", "number text", "float", "decimal"):
        return _around_number(constant, kind, scale)
    if kind in MOMENTS:
        return _around_moment(constant, kind, clock)
    if kind == "boolean":
        return ([constant], [not constant]) if isinstance(constant, bool) else ([], [])
    if kind == "text":
        return _around_text(constant)
    return [], []


def _around_number(constant: object, kind: Kind, scale: int) -> tuple[list[Value], list[Value]]:
    try:
        number = float(str(constant))
    except ValueError:
        return [], []
    if abs(number) > 1e15 or number != number:
        return [], []
    if kind == "integer":
        return [int(number)], [int(number) - 1, int(number) + 1]
    if kind == "number text":
        text = constant if isinstance(constant, str) and constant.isdecimal() else str(int(number))
        return [text], [padded(abs(int(number) + by), text) for by in (-1, 1)]
    if kind == "decimal":
        step = 10.0**-scale
        return [decimal_text(number, scale)], [
            decimal_text(number - step, scale),
            decimal_text(number + step, scale),
            decimal_text(number + 1, scale),
        ]
    return [number], [number - 0.5, number + 0.5, number + 0.01]


def _around_moment(constant: object, kind: Kind, clock: datetime) -> tuple[list[Value], list[Value]]:
    moment = as_moment(constant)
    if moment is not None:
        return [as_text(moment, kind)], [as_text(beside, kind) for beside in _beside(moment, kind)]
    if not isinstance(constant, int | float):
        return [], []
    number = int(constant)
    if 1900 < number < 2100:  # a year
        return (
            [as_text(datetime(number, month, day, 10), kind) for month, day in ((1, 1), (6, 15), (12, 31))],
            [
                as_text(datetime(year, month, day), kind)
                for year, month, day in ((number - 1, 12, 31), (number + 1, 1, 1))
            ],
        )
    if 0 <= number <= 12:  # a month, a quarter, a day of the week
        month = number or 1
        return (
            [as_text(datetime(clock.year, month, day), kind) for day in (1, 15)],
            [as_text(shifted(clock, -day), kind) for day in range(7)],
        )
    if number < 1000:  # a number of days
        return [as_text(shifted(clock, -number), kind)], [
            as_text(shifted(clock, -number + by), kind) for by in (-1, 1)
        ]
    return [], []


def _beside(moment: datetime, kind: Kind) -> list[datetime]:
    """A second, half a day and a day before and after, and the ends of its day."""
    if kind in TIMES:
        return [shifted(moment, by) for by in (-_SECOND, _SECOND, -1 / 24, 1 / 24)]
    days = [shifted(moment, by) for by in (-1, 1)]
    if not kind.startswith("timestamp"):
        return days
    midnight = midnight_of(moment)
    ends = [midnight, shifted(midnight, 1)] if moment != midnight else []
    return [*days, *ends, *(shifted(moment, by) for by in (-0.5, 0.5, -_SECOND, _SECOND))]


def midnight_of(moment: datetime) -> datetime:
    """The beginning of its day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _around_text(constant: object) -> tuple[list[Value], list[Value]]:
    if not isinstance(constant, str):
        return (
            ([str(constant)], [])
            if isinstance(constant, int | float) and not isinstance(constant, bool)
            else ([], [])
        )
    if len(constant) > 200:
        return [], []
    if not constant:
        return [""], [" ", "x"]
    swapped = constant.upper() if constant != constant.upper() else constant.lower()
    return [constant], [swapped, f"{constant}s", f"x{constant}", constant[:-1]]


def around_pattern(pattern: str, kind: Kind, scale: int, clock: datetime) -> tuple[list[Value], list[Value]]:
    """Values that a LIKE pattern matches, and values that just fail to or only just do, in the notation of the column."""
    if kind == "text":
        return _filled(pattern), _missed(pattern)
    if kind in MOMENTS:
        hits = [moment for moment in _days(pattern, clock) if matches(as_text(moment, kind), pattern)][:4]
        texts: list[Value] = [as_text(hit, kind) for hit in hits]
        return texts, [as_text(shifted(hit, days), kind) for hit in hits for days in (-1, 1, 31, -365)]
    core = pattern.strip("%")
    texts = [pattern.replace("_", "0").replace("%", filling) for filling in ("", "0", "57")]
    beside: list[Value] = [f"2{core}", f"{core}7", core[1:], core[:-1]]
    made = [
        [value for text in each for value in around(text, kind, scale, clock)[0]] for each in (texts, beside)
    ]
    return made[0], made[1]


def _days(pattern: str, clock: datetime) -> Iterator[datetime]:
    """Days of the year that the pattern names, or of the clock's."""
    year = re.search(r"[12]\d{3}", pattern)
    for month in (6, 1, 12, *range(1, 13)):
        for day in (15, 1, *range(1, 29)):
            yield datetime(int(year[0]) if year else clock.year, month, day, 10)


def matches(text: str, pattern: str) -> bool:
    """Whether a text is LIKE a pattern."""
    parts = {"%": ".*", "_": "."}
    return re.fullmatch("".join(parts.get(c) or re.escape(c) for c in pattern), text) is not None


def _filled(pattern: str) -> list[Value]:
    """Texts that a LIKE pattern matches, with nothing, something, and something only inside where it has a `%`."""
    bare = pattern.replace("_", "a")
    inner = bare.strip("%")
    return [bare.replace("%", ""), bare.replace("%", "ab "), inner.replace("%", " Q ")]


def _missed(pattern: str) -> list[Value]:
    """Texts that only just match it or fail to: other case, a letter less, something before or after."""
    core = pattern.replace("_", "a").strip("%").replace("%", " ")
    if not core:
        return []
    return [
        core.upper(),
        core.lower(),
        core.capitalize(),
        core[1:],
        core[:-1],
        f"x{core}",
        f"{core}x",
        f"x{core}x",
    ]
