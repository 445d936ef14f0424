"""What a column holds, for the purpose of making up values: its kind, told by its type and by the values it was given.

Values here are portable: int, float, bool, str or None. Dates, decimals and everything else are texts that the engine reads as its own type
('2024-01-31', '12.50').
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

Kind = Literal[
    "integer", "decimal", "float", "boolean", "text", "date", "timestamp", "number text", "date text",
    "timestamp text", "timestamp T text", "time", "time text", "other",
]  # fmt: skip
Value = int | float | bool | str | None
NUMBERS = frozenset({"integer", "decimal", "float", "number text"})
"""The kinds that are numbers."""
TIMES = frozenset({"time", "time text"})
"""The kinds that are a time of the day."""
MOMENTS = frozenset({"date", "timestamp", "date text", "timestamp text", "timestamp T text"}) | TIMES
"""The kinds that are dates or times."""

_INTEGER = re.compile(r"^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?\d?|INT\d+|MEDIUMINT|SERIAL)\b", re.IGNORECASE)
_FLOAT = re.compile(r"^(DOUBLE|FLOAT|REAL)", re.IGNORECASE)
_DECIMAL = re.compile(r"^(?:DECIMAL|NUMERIC)(?:\s*\(\s*(\d+)\s*,\s*(\d+)\s*\))?", re.IGNORECASE)
_TEXT = re.compile(r"^(VARCHAR|CHAR|TEXT|STRING|BPCHAR|NVARCHAR|NCHAR|CLOB|CHARACTER|$)", re.IGNORECASE)
_TEXTS: tuple[tuple[Kind, re.Pattern[str]], ...] = (  # texts that are all of one notation
    ("date text", re.compile(r"\d{4}-\d{2}-\d{2}\Z")),
    ("timestamp text", re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\Z")),
    ("timestamp T text", re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\Z")),
    ("time text", re.compile(r"\d{2}:\d{2}:\d{2}\Z")),
    ("number text", re.compile(r"-?\d{1,15}\Z")),
)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\Z")
_SOME_DAY = date(2000, 1, 1)
_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "INT": 32, "BIGINT": 64, "HUGEINT": 128}


def kind_of(type_: str, values: Iterable[Value]) -> Kind:
    """The kind of a column of this type; texts that are all dates, times or numbers are told apart, so that made-up ones look like them."""
    present = [value for value in values if value is not None]
    if type_.endswith("]"):  # a list
        return "other"
    if type_.upper().startswith("BOOL"):
        return "boolean"
    if _INTEGER.match(type_):
        return "integer" if all(isinstance(value, int) for value in present) else "other"
    if _FLOAT.match(type_):
        return "float"
    if _DECIMAL.match(type_):
        return "decimal"
    if re.match(r"^(TIMESTAMP|DATETIME)", type_, re.IGNORECASE):
        return "timestamp"
    if re.match(r"^DATE\b", type_, re.IGNORECASE):
        return "date"
    if type_.upper() == "TIME":
        return "time"
    return _kind_of_text(present) if _TEXT.match(type_) else "other"


def scale_of(type_: str) -> int:
    """Digits after the point of a DECIMAL; 2 where the type does not say."""
    match = _DECIMAL.match(type_)
    return int(match.group(2) or 2) if match else 2


def limits_of(type_: str) -> tuple[float, float]:
    """The least and the greatest number that a column of this type holds."""
    decimal = _DECIMAL.match(type_)
    if decimal and decimal[1]:
        scale = int(decimal[2])
        whole = min(int(decimal[1]) - scale, 15)  # 15: what a float holds
        highest = 10**whole - 10.0 ** -min(scale, 15 - whole)
        return -highest, highest
    bits = _BITS.get(type_.upper().removeprefix("U"))
    if bits is None:
        return -math.inf, math.inf
    return (0, 2**bits - 1) if type_.upper().startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _kind_of_text(present: Sequence[Value]) -> Kind:
    if not present:
        return "text"
    for kind, notation in _TEXTS:
        if all(isinstance(value, str) and notation.match(value) for value in present):
            return kind
    if all(isinstance(value, int) and not isinstance(value, bool) for value in present):
        return "integer"
    return "float" if all(isinstance(value, int | float) for value in present) else "text"


def as_moment(value: object) -> datetime | None:
    """A date or time given as text or as Python's own, else None; a time of the day is one of some day."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, time):
        return datetime.combine(_SOME_DAY, value.replace(tzinfo=None))
    if not isinstance(value, str):
        return None
    if _TIME.match(value):
        return datetime.combine(_SOME_DAY, time.fromisoformat(value))
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def as_text(moment: datetime, kind: Kind) -> str:
    """A moment in the notation of a column of this kind."""
    if kind in ("date", "date text"):
        return f"{moment:%Y-%m-%d}"
    if kind in TIMES:
        return f"{moment:%H:%M:%S}"
    if kind == "timestamp":  # to the microsecond: a condition may end a millisecond before midnight
        return moment.isoformat(" ")
    return f"{moment:%Y-%m-%dT%H:%M:%S}" if kind == "timestamp T text" else f"{moment:%Y-%m-%d %H:%M:%S}"


def shifted(moment: datetime, days: float) -> datetime:
    """A moment moved by days, kept inside what calendars hold."""
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return moment


def padded(number: int, like: Value) -> str:
    """A number as text, as long as `like` where that starts with a zero."""
    return str(number).zfill(len(like)) if isinstance(like, str) and like.startswith("0") else str(number)


def decimal_text(number: float, scale: int) -> str:
    """A number with `scale` decimals."""
    return f"{number:.{scale}f}"
