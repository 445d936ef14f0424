"""When two cells of two results are the same value.

`plain` turns what an engine or JSON delivers into a value that Python compares and hashes as the rules want; `near` adds their tolerance.
By the default rules

    NULL = NaN              but NULL is not 0 and not ''
    3 = 3.0 = True (as 1)   whole numbers are exact, however large
    Decimal 3.10 = 3.1      and 0.1 + 0.2 = 0.3: a float equals what is within one part in a million
    2014-01-01 = midnight of that day; and its ISO text, where one column is text and the other is not (`read_text`)
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from operator import itemgetter
from typing import Literal, TypeAlias
from uuid import UUID

from .rules import DEFAULT_RULES, Rules

NOTHING = 1e-12
"""Numbers no further apart are equal, if floats have any tolerance: what is left when floats cancel out."""

Kind = Literal["number", "text", "date", "other", "null"]
Number: TypeAlias = int | float | Decimal
NUMBERS = (int, float, Decimal)  # for isinstance, where a tuple is twice as fast as a union

_EXACT_FLOATS = 2**53  # above it every float is a whole number, by rounding
_FIRST = frozenset("-0123456789")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,17})?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?\Z")


class Special(Enum):
    """NaN where it is not NULL: the float of that name does not equal itself."""

    NAN = "NaN"


def plain(value: object, rules: Rules = DEFAULT_RULES) -> Hashable:
    """A hashable value in which equal cells are equal: whole numbers int, midnight a date, lists tuples, structs sorted by field."""
    if isinstance(value, str):
        return value.strip().casefold() if rules.text == "loose" else value
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        return _plain_number(value, rules)
    if isinstance(value, datetime):
        return _plain_moment(value, rules)
    if isinstance(value, date):
        return value
    if isinstance(value, dict):
        return tuple(
            sorted(((str(key), plain(item, rules)) for key, item in value.items()), key=itemgetter(0))
        )
    if isinstance(value, list | tuple):
        return tuple(plain(item, rules) for item in value)
    if rules.types == "strict" and isinstance(value, time | timedelta | UUID):
        return value
    return plain(str(value), rules)


def near(a: Hashable, b: Hashable, rules: Rules = DEFAULT_RULES) -> bool:
    """Whether two plain cells are equal within the tolerance, in lists too; two exact numbers have only `abs_tol`."""
    if a == b:
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(near(x, y, rules) for x, y in zip(a, b, strict=True))
    if not (isinstance(a, NUMBERS) and isinstance(b, NUMBERS)):
        return False
    if is_exact(a) and is_exact(b):
        return rules.abs_tol > 0 and abs(height(a) - height(b)) <= tolerance(rules)[1]
    return close(height(a), height(b), rules)


def close(a: float, b: float, rules: Rules) -> bool:
    """Whether two floats lie within the tolerance."""
    relative, absolute = tolerance(rules)
    return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)


def tolerance(rules: Rules) -> tuple[float, float]:
    """How far floats may lie apart, relative and absolute; 33.34 and 33.33 are 0.01 apart, though not as floats."""
    floor = NOTHING if rules.rel_tol > 0 else 0.0
    return rules.rel_tol, max(rules.abs_tol * (1 + 1e-6), floor)


def is_exact(number: Number) -> bool:
    """Whether a number has no rounding in it: everything but a float with a fraction, or one too large to have any."""
    return not isinstance(number, float) or (number.is_integer() and abs(number) < _EXACT_FLOATS)


def height(number: Number) -> float:
    """Where a number lies on the line, for sorting; beyond the floats it lies at their end."""
    try:
        return float(number)
    except OverflowError:
        return sys.float_info.max if number > 0 else -sys.float_info.max


def heights(numbers: Iterable[Number]) -> list[float]:
    """`height` of each."""
    numbers = list(numbers)
    try:
        return list(map(float, numbers))
    except OverflowError:
        return list(map(height, numbers))


def by_height(numbers: Iterable[Number]) -> list[Number]:
    """The distinct numbers, sorted."""
    distinct = set(numbers)
    try:
        return sorted(distinct, key=float)
    except OverflowError:
        return sorted(distinct, key=height)


def numbers_of(cell: Hashable) -> Iterator[Number]:
    """The numbers of a plain cell: itself, or those in its lists and structs."""
    if isinstance(cell, NUMBERS):
        yield cell
    elif isinstance(cell, tuple):
        for item in cell:
            yield from numbers_of(item)


def kind_of(values: Iterable[Hashable]) -> Kind:
    """What a column of plain cells holds; NULLs do not count, a mixture is "other"."""
    return common_kind(map(_kind, values))


def common_kind(kinds: Iterable[Kind]) -> Kind:
    """The kind that all share, "null" aside; "other" where they differ."""
    found = set(kinds) - {"null"}
    return "null" if not found else found.pop() if len(found) == 1 else "other"


def read_text(value: Hashable) -> Hashable:
    """A text that is plainly a number or an ISO date, as that number or date; anything else as it is ('007' stays text)."""
    if not isinstance(value, str) or value[:1] not in _FIRST:
        return value
    if _NUMBER.match(value):
        return plain(Decimal(value)) if "." in value else int(value)
    if _DATE.match(value):
        try:
            return plain(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value


def _kind(value: Hashable) -> Kind:
    if value is None:
        return "null"
    if isinstance(value, (*NUMBERS, Special)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "date" if isinstance(value, date) else "other"


def _plain_number(value: float | Decimal, rules: Rules) -> Hashable:
    if value.is_nan() if isinstance(value, Decimal) else math.isnan(value):
        return None if rules.null_is_nan else Special.NAN
    if not -_EXACT_FLOATS < value < _EXACT_FLOATS:
        return value
    whole = int(value)
    return whole if value == whole else value


def _plain_moment(value: datetime, rules: Rules) -> Hashable:
    if value.tzinfo is not None:
        with suppress(OverflowError):  # the first or the last day that Python knows
            value = value.astimezone(UTC)
        value = value.replace(tzinfo=None)
    return value.date() if rules.types == "lenient" and value.time() == time(0) else value
