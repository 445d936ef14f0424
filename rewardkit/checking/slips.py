"""Slips of one sign that make a right answer another one: an offset from UTC, the order of day and month, a capital letter (RK114)."""

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
    """RK114: where two references differ in nothing but capital letters, capital letters decide."""
    if material.reference_free or material.role != "whole":
        return
    alike: dict[str, dict[str, KnownRow]] = defaultdict(dict)
    for row in material.sound_rows:
        if row.reference is not None and row.right_answers and not row.empty:
            alike[row.reference.strip().casefold()].setdefault(row.reference.strip(), row)
    for rows in alike.values():
        for mine in rows.values() if len(rows) > 1 else ():
            theirs = next(row for row in rows.values() if row is not mine)
            answer = theirs.right_answers[0]
            if answer not in mine.right_answers and answer.casefold() == mine.right_answers[0].casefold():
                expected = material.stays_under(f"it is the right answer at {theirs.where}")
                yield Trial("RK114", mine, (answer,), expected, mine.where)
