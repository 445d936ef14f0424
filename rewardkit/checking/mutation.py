"""Checks that make a right answer wrong (RK114 to RK116), or change what it is compared with (RK117)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .expectations import Expected
from .kinds import kind_of
from .known_rows import KnownRow, leaves
from .mutants import Mutant, mutants_of
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import Written, forgiven, no_form, not_here, texts_of, written_answers

_MOST_ROWS = 12
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?P<offset>Z|[+-]\d\d:?\d\d)")
_CHECKS = {"changed": "RK114", "more": "RK115", "less": "RK116"}


def mutated_answers(material: Material) -> Planned:
    """RK114 a changed content, RK115 more than was asked for, RK116 less: none of them passes."""
    if material.reference_free or material.role != "whole":
        yield Skipped("RK114", not_here(material))
        return
    answers = written_answers(material, _MOST_ROWS)
    if material.rows and not answers:
        yield no_form(material, "RK114")
    tolerance = forgiven(material)
    for answer in answers:
        for mutant, text in wrong_versions(material, answer, tolerance):
            yield Trial(
                _CHECKS[mutant.sort],
                answer.row,
                (text,),
                material.stays_under(mutant.operator),
                answer.row.where,
                provable=mutant.provable,
                guessed=_may_be_right(answer, mutant),
            )


def wrong_versions(material: Material, answer: Written, tolerance: Decimal) -> Iterator[tuple[Mutant, str]]:
    """A right answer made wrong by one edit each, in the form it is written in; `tolerance` is the share by which a number may be off."""
    texts = texts_of(material, answer.row) if answer.kind in ("sql", "code") else []
    for mutant in mutants_of(answer.form, answer.kind, answer.others, tolerance, texts):
        text = answer.form.write_value(mutant.value)
        if not answer.row.accepts(text):
            yield mutant, text


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


def other_references(material: Material) -> Planned:
    """RK117: with another row's reference in its place, a right answer to the same prompt no longer passes."""
    if material.reference_free or material.role == "penalty":
        return
    if not {"prompt", "messages", "sample"}.intersection(material.grader.wants):
        return  # RK102 has tried the same
    rows = material.different_rows(_MOST_ROWS, lambda row: row.right_answers and row.compared)
    for mine, theirs in _neighbours(rows):
        answer = mine.right_answers[0]
        if not theirs.accepts(answer):
            swapped = replace(
                mine,
                id=f"{mine.id} with the reference of {theirs.id}",
                columns={**mine.columns, **_columns_compared(theirs)},
                compared=theirs.compared,
                reference=theirs.reference,
                key=theirs.key,
                golds=theirs.golds,
            )
            expected = material.stays_under(f"it is the right answer to the reference at {mine.where}")
            yield Trial("RK117", swapped, (answer,), expected, mine.where, provable=False)


def _columns_compared(row: KnownRow) -> dict[str, Any]:
    """The columns in which a row's reference is, also where it is inside one of them (`reward_model.ground_truth`)."""
    names = {name if name in row.columns else name.partition(".")[0] for name in row.compared}
    return {name: row.columns[name] for name in names if name in row.columns}


def _neighbours(rows: Sequence[KnownRow]) -> Iterator[tuple[KnownRow, KnownRow]]:
    return ((row, rows[(index + 1) % len(rows)]) for index, row in enumerate(rows) if len(rows) > 1)


def _may_be_right(answer: Written, mutant: Mutant) -> bool:
    """Keys that nobody asked for do no harm to a reader of JSON who looks for those that he knows, nor do a query's columns."""
    if answer.kind == "sql":
        return not mutant.provable
    return mutant.sort == "more" and answer.kind == "json" and isinstance(answer.form.value, dict)
