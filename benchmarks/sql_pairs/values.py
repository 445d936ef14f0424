"""Plausible values for a column: near misses of a constant, and random ones in the format of the shipped values.

A text column that holds dates, numbers or mail addresses as shipped gets more of those; other texts keep the shape of a shipped one:
its words, with other digits in the place of its digits.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .clock import TODAY
from .facts import Cell, Column

_WORDS = ("alpha", "Beta", "gamma", "Delta Nova", "epsilon", "Zeta One", "eta", "Theta")
_SPANS = (0, 1, 2, 5, 6, 7, 8, 10, 14, 20, 29, 30, 31, 32, 45, 60, 90, 150, 180, 365, 366, 400, 730, 1100)


def near(value: Cell, column: Column) -> list[Cell]:
    """A constant that a query compares with the column, and values just beside it, in the type of the column."""
    if column.kind in {"integer", "decimal", "float"} and isinstance(value, int | float | Decimal):
        return _near_number(value, column)
    if column.kind in {"date", "timestamp"}:
        return _near_moment(value, column)
    if column.kind == "time" and (clock := _time(value)):
        return [clock, *(_shift_time(clock, minutes) for minutes in (-60, -1, 1, 60))]
    if column.kind == "text" and isinstance(value, str):
        return _near_text(value)
    return []


def random_value(column: Column, rng: random.Random) -> Cell:
    """A value of the column's type and format; never NULL."""
    match column.kind:
        case "integer":
            return _random_integer(column, rng)
        case "decimal" | "float":
            return _random_decimal(column, rng)
        case "date":
            return _random_date(rng)
        case "timestamp":
            return datetime.combine(
                _random_date(rng), rng.choice([time(0), time(12), time(23, 59, 59), _clock(rng)])
            )
        case "time":
            return _clock(rng).replace(second=0)
        case "boolean":
            return rng.random() < 0.5
    return _random_text(column, rng)[: column.size]


def filled(pattern: str, rng: random.Random) -> list[str]:
    """Texts that a LIKE pattern matches, and some that nearly do."""
    fills: list[Callable[[], str]] = [
        lambda: "",
        lambda: rng.choice(_WORDS),
        lambda: rng.choice(string.ascii_letters) + " ",
    ]
    hits = [re.sub("%", lambda _: fill(), pattern).replace("_", "x") for fill in fills]  # noqa: B023
    bare = pattern.replace("%", "").replace("_", "")
    return [
        *hits,
        hits[1].upper(),
        hits[1].lower(),
        hits[1].title(),
        "x" + bare,
        bare + "x",
        bare[:-1],
        bare[1:],
    ]


def _near_number(value: float | Decimal, column: Column) -> list[Cell]:
    if column.kind == "integer":
        return [int(value) + step for step in (-1, 0, 1, 2)]
    digits = column.size if column.kind == "decimal" and column.size is not None else 1
    step = Decimal(1).scaleb(-digits)
    around = [Decimal(str(value)) + change for change in (-1, -step, 0, step, 1)]
    return [round(n, digits) if column.kind == "decimal" else float(n) for n in around]


def _near_moment(value: Cell, column: Column) -> list[Cell]:
    if isinstance(value, int | float | Decimal):
        return _in_year(int(value), column) if 1900 <= value <= 2100 else []
    moment = _moment(value)
    if moment is None:
        return []
    days = (-366, -32, -31, -30, -28, -8, -7, -2, -1, 0, 1, 2, 7, 8, 28, 30, 31, 32, 366)
    if column.kind == "date":
        return [moment.date() + timedelta(day) for day in days]
    within = [timedelta(seconds=s) for s in (-1, 1, 3600, 43200, 86399)]
    return [moment + timedelta(day) for day in days] + [moment + step for step in within]


def _in_year(year: int, column: Column) -> list[Cell]:
    dates = [
        date(y, m, d)
        for y, m, d in ((year, 1, 1), (year, 5, 17), (year, 12, 31), (year - 1, 12, 31), (year + 1, 1, 1))
    ]
    return dates if column.kind == "date" else [datetime.combine(day, time(10, 30)) for day in dates]


def _moment(value: Cell) -> datetime | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time(0)) if isinstance(value, date) else None


def _time(value: Cell) -> time | None:
    try:
        return (
            time.fromisoformat(value)
            if isinstance(value, str)
            else value
            if isinstance(value, time)
            else None
        )
    except ValueError:
        return None


def _shift_time(clock: time, minutes: int) -> time:
    return (datetime.combine(TODAY, clock) + timedelta(minutes=minutes)).time()


def _near_text(value: str) -> list[Cell]:
    return [
        value,
        value.upper(),
        value.lower(),
        value.title(),
        value + " II",
        "The " + value,
        value[:-1] or "x",
    ]


def _random_integer(column: Column, rng: random.Random) -> int:
    numbers = [value for value in column.shipped if isinstance(value, int)] or [0, 20]
    low, high = min(numbers), max(numbers)
    if low > 1_000_000_000:  # seconds or milliseconds since 1970
        return rng.choice(numbers) + rng.randint(-500, 500) * 86400 * (1000 if low > 1_000_000_000_000 else 1)
    if rng.random() < 0.4:
        return rng.randint(low, low + 8)
    return rng.randint(low, high + max(3, (high - low) // 3))


def _random_decimal(column: Column, rng: random.Random) -> Cell:
    numbers = [float(value) for value in column.shipped if isinstance(value, int | float | Decimal)] or [
        0.0,
        100.0,
    ]
    value = rng.choice(numbers) if rng.random() < 0.3 else rng.uniform(min(numbers), max(numbers) * 1.2 + 1)
    digits = column.size if column.kind == "decimal" and column.size is not None else 1
    rounded = round(value, rng.choice([0, digits]))
    return Decimal(str(rounded)) if column.kind == "decimal" else rounded


def _random_date(rng: random.Random) -> date:
    if rng.random() < 0.5:
        return TODAY - timedelta(rng.choice(_SPANS) - rng.choice((0, 0, 1)))
    return date(rng.choice((2020, 2021, 2022, 2023, 2023, 2023, 2024)), rng.randint(1, 8), rng.randint(1, 28))


def _clock(rng: random.Random) -> time:
    return time(rng.randint(6, 20), rng.choice((0, 15, 30, 45)), rng.choice((0, 0, 20)))


def _random_text(column: Column, rng: random.Random) -> str:
    texts = [value for value in column.shipped if isinstance(value, str)]
    if not texts:
        return rng.choice(_WORDS)
    if all(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in texts):
        return _random_date(rng).isoformat()
    if all(re.fullmatch(r"\d{8} \d\d:\d\d:\d\d", text) for text in texts):
        return datetime.combine(_random_date(rng), _clock(rng)).strftime("%Y%m%d %H:%M:%S")
    text = rng.choice(texts)
    if re.search(r"\d", text):
        return _other_digits(text, rng)
    if all(re.fullmatch("[A-Z]{2,3}", other) for other in texts):
        return "".join(rng.choice("ABCDEFGH") for _ in text)
    if "@" in text or all(len(other) <= 3 for other in texts):
        return text
    head, tail = text.split(" ")[:1], rng.choice(texts).split(" ")[1:]
    return " ".join([*head, *tail]) if tail else text + rng.choice(("", "a", "son", " Jr", "x"))


def _other_digits(text: str, rng: random.Random) -> str:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return (
            str(round(float(text) * rng.choice((0.5, 0.9, 1.1, 2)), 2))
            if "." in text
            else str(rng.randint(0, int(text) + 5 if int(text) > 0 else 5))
        )
    return re.sub(r"\d", lambda _: rng.choice(string.digits), text)
