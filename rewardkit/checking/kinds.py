"""What kind of answer a grader grades: as its author declared, else as every reference of its rows shows.

Only kinds whose mutants and rewrites are known are seen in references: numbers, lists, JSON objects, dates, and labels that come again. A
free text looks like many other things, so it has to be declared.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ..options import Answer
from .known_rows import KnownRow
from .trials import Material

_LONGEST_LABEL = 40
_LARGEST = Decimal(10) ** 15  # what is made of it must be exact in 28 digits
_WRAPPERS = ("target", "targets", "answer", "answers", "value", "text", "solution", "ground_truth")
_LEAST_ROWS = 2
_PROGRAM = re.compile(
    r"^```(?:python|py)\s*\n.*?^(?:def|class) \w+|\A(?:def|class) \w+", re.MULTILINE | re.DOTALL
)


def kind_of(material: Material) -> Answer | None:
    """The declared kind of answer, or the one that all references have; None when neither says."""
    declared = material.grader.options.answer
    if declared is not None:
        return declared
    if any(row.golds for row in material.sound_rows) and all(
        _PROGRAM.search(gold) for row in material.sound_rows for gold in row.golds
    ):
        return "code"
    values = [value for row in material.sound_rows if (value := reference_of(row)) is not None]
    if len(values) < _LEAST_ROWS:
        return None
    for kind, reads in _SIGNS:
        if all(reads(value) for value in values):
            return kind
    return "label" if _come_again(values) else None


def reference_of(row: KnownRow) -> Any:
    """What the row's answer is compared with where that is one thing, else None."""
    value = next(iter(row.compared.values())) if len(row.compared) == 1 else None
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        value = inner if name in _WRAPPERS else value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str | int | float):
            (value,) = value  # a list of accepted answers
    return _accepted(value, row.golds) or value


def _accepted(value: Any, golds: Sequence[str]) -> str | None:
    """Of a list of texts the one that a right answer gives, where it does not give the others: each of them would do."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(item, str) for item in value):
        return None
    for gold in golds[:1]:
        given: list[str] = [item for item in value if item.strip() and item.casefold() in gold.casefold()]
        longest = max(given, key=len, default=None)
        if (
            longest is not None
            and all(item.casefold() in longest.casefold() for item in given)
            and len(given) < len(value)
        ):
            return longest
    return None


def as_number(value: object) -> Decimal | None:
    """A finite number below 10**15, or a text that is one (`1,000`, `-3.5`)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", "").replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _LARGEST else None


def as_list(value: object) -> list[Any] | None:
    """A list, or a text that is a JSON list."""
    found = _as_json(value)
    return found if isinstance(found, list) else None


def as_object(value: object) -> dict[str, Any] | list[Any] | None:
    """A mapping or a list, or a text that is one in JSON."""
    found = _as_json(value)
    return found if isinstance(found, dict | list) else None


def as_date(value: object) -> datetime.date | None:
    """A date, or a text `2026-03-01`; none of the last years there are, for which no later one can be named."""
    try:
        date = datetime.date.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        return None
    return date if isinstance(date, datetime.date) and date.year < datetime.MAXYEAR - 1 else None


def _as_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _come_again(values: Sequence[object]) -> bool:
    """Whether they are short texts, and few for so many rows: the labels of a classification."""
    texts = [value for value in values if isinstance(value, str) and len(value) <= _LONGEST_LABEL]
    return len(texts) == len(values) and 2 * len({text.casefold() for text in texts}) <= len(texts)


_SIGNS: tuple[tuple[Answer, Any], ...] = (
    ("number", lambda value: as_number(value) is not None),
    ("date", lambda value: as_date(value) is not None),
    ("list", lambda value: as_list(value) is not None),
    ("json", lambda value: isinstance(as_object(value), dict)),
)
