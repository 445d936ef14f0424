"""The mutants of one right answer, by its kind."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ...options import Answer
from ..forms import Form
from ..kinds import as_list, as_number
from .dates import date_mutants
from .lists import list_mutants
from .mutant import Mutant
from .numbers import number_mutants
from .objects import object_mutants
from .programs import program_mutants
from .texts import text_mutants


def mutants_of(
    form: Form,
    kind: Answer | None,
    others: Sequence[Any],
    tolerance: Decimal = Decimal(0),
    texts: Sequence[str] = (),
) -> Iterator[Mutant]:
    """Wrong contents for a right answer. None for a kind whose mutants are not known.

    `others` are the references of other rows, `texts` those that the row itself holds: scripts that make tables, names of tests.
    """
    value = form.value
    if isinstance(value, str) and kind in (None, "number"):
        kind = "text"  # found by what marks an answer
    if kind == "sql":
        from .queries import query_mutants

        scripts = [text for text in texts if "create table" in text.casefold()]
        yield from query_mutants(value, scripts)
    elif kind == "code":
        yield from program_mutants(value, [text for text in texts if len(text) < 60])
    elif kind == "number":
        yield from number_mutants(value, tolerance)
    elif kind == "list":
        items = [item for other in others for item in as_list(other) or []]
        yield from list_mutants(value, items)
    elif kind == "json":
        yield from object_mutants(value)
    elif kind == "date":
        yield from date_mutants(value)
    elif kind in ("label", "text"):
        yield from text_mutants(str(value), [str(other) for other in others], label=kind == "label")


def wrong_content(form: Form, kind: Answer | None, others: Sequence[Any]) -> str | None:
    """A content that nobody could take for the right one, in the form's own writing; None when none is known."""
    value = form.value
    if isinstance(value, str) and kind in (None, "number"):
        kind = "text"
    if kind == "number":
        return form.text_of(_far(value))
    if kind == "date":
        return form.text_of(value + datetime.timedelta(days=400))
    if kind in ("list", "json"):
        return form.text_of(_foreign_items(value, others) or _strange(value))
    if kind in ("label", "text"):
        return next((str(o) for o in others if not _words(o) & _words(value)), "zxqv")
    return None


def _words(text: object) -> set[str]:
    return set(re.findall(r"\w+", str(text).casefold()))


def _far(value: Decimal) -> Decimal:
    """Three times as much and some, without the right number's digits in it."""
    for number in (abs(value) * 3 + 13, abs(value) * 4 + 29, abs(value) * 7 + 31):
        if f"{abs(value):f}" not in f"{number:f}":
            return number
    return Decimal(-1)


def _foreign_items(value: Any, others: Sequence[Any]) -> list[Any]:
    """The list of another row that shares no item with this one, of the same type; empty where there is none."""
    if not isinstance(value, list):
        return []
    kinds = {type(item) for item in value}
    lists = (as_list(other) or [] for other in others)
    return next(
        (
            items
            for items in lists
            if items and {*map(type, items)} == kinds and not any(item in value for item in items)
        ),
        [],
    )


def _strange(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: 9173 if as_number(inner) is not None else "zxqv" for key, inner in value.items()}
    return [9173] if value and as_number(value[0]) is not None else ["zxqv"]
