"""When two cells of two results are the same value.

`plain` turns what DuckDB or JSON delivers into a value that Python compares and hashes as we want; `near` adds the tolerance of floats.

    NULL = NaN              but NULL is not 0 and not ''
    3 = 3.0 = True (as 1)   whole numbers are exact, however large
    Decimal 3.10 = 3.1      and 0.1 + 0.2 = 0.3: a float equals what is within one part in a million
    2014-01-01 = midnight of that day; and its ISO text, where one column is text and the other is not (`read_text`)
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

RELATIVE = 1e-6
_EXACT_FLOATS = 2**53  # above it every float is a whole number, by rounding

Kind = Literal["number", "text", "date", "other", "null"]
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,17})?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?\Z")


def plain(value: object) -> Hashable:
    """A hashable value in which equal cells are equal: whole numbers int, NaN None, midnight a date, lists tuples."""
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        return _plain_number(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time(0) else value.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, dict):
        return tuple((str(key), plain(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    return str(value)


def _plain_number(value: float | Decimal) -> Hashable:
    if value.is_nan() if isinstance(value, Decimal) else math.isnan(value):
        return None
    if not -_EXACT_FLOATS < value < _EXACT_FLOATS:
        return value
    whole = int(value)
    return whole if value == whole else value


def near(a: Hashable, b: Hashable) -> bool:
    """Whether two plain cells are equal, floats within a relative 1e-6, in lists too; two exact numbers must be identical."""
    if a == b:
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(near(x, y) for x, y in zip(a, b, strict=True))
    if not (isinstance(a, int | float | Decimal) and isinstance(b, int | float | Decimal)):
        return False
    if not (isinstance(a, float) or isinstance(b, float)):
        return False
    return math.isclose(float(a), float(b), rel_tol=RELATIVE, abs_tol=1e-12)


def numbers_of(cell: Hashable) -> Iterator[int | float | Decimal]:
    """The numbers of a plain cell: itself, or those in its lists and structs."""
    if isinstance(cell, int | float | Decimal):
        yield cell
    elif isinstance(cell, tuple):
        for item in cell:
            yield from numbers_of(item)


def kind_of(values: Iterable[Hashable]) -> Kind:
    """What a column of plain cells holds; NULLs do not count, a mixture is "other"."""
    kinds = {_kind(value) for value in values if value is not None}
    return "null" if not kinds else kinds.pop() if len(kinds) == 1 else "other"


def read_text(value: Hashable) -> Hashable:
    """A text that is plainly a number or an ISO date, as that number or date; anything else as it is ('007' stays text)."""
    if not isinstance(value, str):
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
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, str):
        return "text"
    return "date" if isinstance(value, date) else "other"
