"""Slips that make a right answer another one: an offset from UTC, day and month, a capital letter, a unit, the order of items (RK114)."""

from __future__ import annotations

import re
from collections import defaultdict

from .expectations import Expected
from .kinds import kind_of
from .known_rows import KnownRow, leaves
from .trials import Material, Planned, Trial
from .written import written_answers

_MOST_ROWS = 12
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?P<offset>Z|[+-]\d\d:?\d\d)")
_NO_LETTER = re.compile(r"[\W_]")
_UNITS = ("m", "g", "s", "J", "W", "Wh", "V", "A", "Hz", "Pa", "N", "L", "l", "mol", "eV", "F", "B")
_QUANTITY = re.compile(
    r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)? ?(?P<unit>[a-zA-Z\N{MICRO SIGN}]{1,4})(?![\w/])"
)
_ASKS_FOR_ORDER = re.compile(
    r"\bin (?:\w+ ){0,2}order\b(?! of)|\brank(?:ed|ing)?\b|\bsort(?:ed)?\b|\bchronological|\bascending\b|\bdescending\b"
    r"|\b(?:best|most \w+|largest|smallest|oldest|earliest|first) first\b",
    re.IGNORECASE,
)
_ORDER_IS_FREE = re.compile(
    r"\bany order\b|\bwhatever order\b|\border (?:does not|is not|doesn't)|\bunordered\b", re.IGNORECASE
)
_MILLI_OR_MEGA = re.compile(
    r"(?<=\d)\s?(?P<prefix>[mM])(?P<unit>W|Wh|V|A|Hz|J|Pa|N|eV|\N{GREEK CAPITAL LETTER OMEGA}|\N{OHM SIGN})(?!\w)"
)


def other_offsets(material: Material) -> Planned:
    """RK114: a moment with another offset from UTC on the same clock is another moment."""
    if material.reference_free or material.role != "whole":
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.right_answers):
        answer = row.right_answers[0]
        moments = list(_MOMENT.finditer(answer))
        if len(moments) == 1 and any(_MOMENT.search(text) for text in leaves(row.compared)):
            start, end = moments[0].span("offset")
            for offset in ("+07:00", "-03:00"):
                text = answer[:start] + offset + answer[end:]
                if moments[0]["offset"] != offset and not row.accepts(text):
                    below = material.stays_under("another offset from UTC")
                    yield Trial("RK114", row, (text,), below, row.where)


def ambiguous_dates(material: Material) -> Planned:
    """RK114: of a date written with the day first and with the month first, not both are right."""
    for answer in written_answers(material, _MOST_ROWS) if kind_of(material) == "date" else ():
        day = answer.form.value
        if day.day <= 12 and day.day != day.month:
            both = (f"{day.day:02}/{day.month:02}/{day.year}", f"{day.month:02}/{day.day:02}/{day.year}")
            expected = Expected(
                "not_both", high=material.grader.options.solved_at, note="they are different days"
            )
            completions = tuple(answer.form.write(text) for text in both)
            yield Trial("RK114", answer.row, completions, expected, answer.row.where, provable=False)


def milli_and_mega(material: Material) -> Planned:
    """RK114: mW is not MW, where the references of the rows show both prefixes of a unit."""
    if material.reference_free or material.role != "whole":
        return
    seen: dict[str, set[str]] = defaultdict(set)
    for row in material.sound_rows:
        for text in leaves(row.compared):
            for found in _MILLI_OR_MEGA.finditer(text):
                seen[found["unit"]].add(found["prefix"])
    for row in material.different_rows(_MOST_ROWS, lambda row: row.right_answers):
        answer = row.right_answers[0]
        quantities = list(_MILLI_OR_MEGA.finditer(answer))
        if len(quantities) == 1 and len(seen[quantities[0]["unit"]]) > 1:
            place = quantities[0].start("prefix")
            text = answer[:place] + answer[place].swapcase() + answer[place + 1 :]
            below = material.stays_under(f"{text[place : place + 2]} for {answer[place : place + 2]}")
            yield Trial("RK114", row, (text,), below, row.where)


def same_but_for_capitals(material: Material) -> Planned:
    """RK114: where two references have the same letters but for their size, size decides."""
    if material.reference_free or material.role != "whole":
        return
    alike: dict[str, dict[str, KnownRow]] = defaultdict(dict)
    for row in material.sound_rows:
        if row.reference is not None and row.right_answers and not row.empty:
            letters = _NO_LETTER.sub("", row.reference)
            alike[letters.casefold()].setdefault(letters, row)
    for rows in alike.values():
        for mine in rows.values() if len(rows) > 1 else ():
            theirs = next(row for row in rows.values() if row is not mine)
            answer = theirs.right_answers[0]
            if answer not in mine.right_answers:
                expected = material.stays_under(f"it is the right answer at {theirs.where}")
                yield Trial("RK114", mine, (answer,), expected, mine.where)


def other_units(material: Material) -> Planned:
    """RK114: km is not m, where the reference names a unit and the answer gives it."""
    if material.reference_free or material.role != "whole":
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.right_answers and row.compared_text):
        answer = row.right_answers[0]
        asked = _QUANTITY.fullmatch(row.compared_text)
        given = list(_QUANTITY.finditer(answer))
        if asked is None or len(given) != 1 or given[0]["unit"] != asked["unit"]:
            continue
        start, end = given[0].span("unit")
        for unit in _prefixed(asked["unit"]):
            text = answer[:start] + unit + answer[end:]
            if not row.accepts(text):
                below = material.stays_under(f"{unit} for {asked['unit']}")
                yield Trial("RK114", row, (text,), below, row.where, provable=False)


def reversed_order(material: Material) -> Planned:
    """RK114: where the prompt asks for an order, the items of a right answer in the reverse order do not pass."""
    if material.reference_free or material.role != "whole":
        return
    for answer in written_answers(material, _MOST_ROWS):
        items = answer.form.value
        asks = _ASKS_FOR_ORDER.search(answer.row.prompt) and not _ORDER_IS_FREE.search(answer.row.prompt)
        if asks and isinstance(items, list) and items != items[::-1]:
            text = answer.form.write_value(items[::-1])
            if not answer.row.accepts(text):
                below = material.stays_under("in the reverse order")
                yield Trial("RK114", answer.row, (text,), below, answer.row.where, provable=False)


def _prefixed(unit: str) -> tuple[str, ...]:
    """The unit with another prefix, or without its own."""
    if unit in _UNITS:
        return (f"k{unit}", f"m{unit}")
    return (unit[1:],) if unit[1:] in _UNITS and unit[0] in "kmMGu\N{MICRO SIGN}c" else ()
