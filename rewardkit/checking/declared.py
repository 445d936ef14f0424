"""Checks of what is known: the author's cases, orders and probes, and the right and wrong answers of the rows."""

from __future__ import annotations

from dataclasses import replace

from ..cases import Case, Order
from .expectations import Expected, expected_of
from .known_rows import KnownRow, rows_of_marks
from .results import Skipped
from .trials import Material, Planned, Trial


def marks(material: Material) -> Planned:
    """RK100 cases, RK121 orders, RK123 probes: each as its author wrote it."""
    for mark, row in rows_of_marks(material.grader, material.rows):
        if isinstance(mark, Case):
            expected = expected_of(mark.expect, material.grader)
            yield Trial("RK100", row, (mark.completion,), expected, mark.where, declared=True)
        elif isinstance(mark, Order):
            if material.grader.in_groups:  # it sees the order as one group
                row = replace(row, together=mark.completions)
            yield Trial("RK121", row, mark.completions, Expected("rises"), mark.where, declared=True)
        else:
            ceiling = Expected("at_most", high=mark.ceiling)
            yield Trial("RK123", row, (mark.completion,), ceiling, mark.where, declared=True)


def right_answers(material: Material) -> Planned:
    """RK101: the golds of data rows earn full marks; without a gold, the bare reference is tried.

    RK132: where a row has neither, any answer shows whether its reference can be used.
    """
    full = Expected("at_least", low=material.grader.options.solved_at)
    if material.role == "penalty":
        yield Skipped("RK101", "it is a penalty, so only its cases say what a right answer gets")
        return
    known = 0
    for row in material.sound_rows:
        known += bool(row.golds)
        if row.from_data:  # a case's own right answer is checked as RK100
            for gold in row.golds:
                yield Trial("RK101", row, (gold,), full, row.where)
        if not row.golds and row.reference is not None and not material.grader.options.format_strict:
            yield Trial("RK101", row, (row.reference,), full, row.where, provable=False, guessed=True)
        elif not row.golds and row.from_data and row.compared:
            yield usable(Trial("RK101", row, (_some_answer(material, row),), full, row.where))
    if not known and material.rows and material.grader.options.format_strict:
        yield Skipped(
            "RK101", "no row has a right answer", "add @case(..., expect=1), or a `gold` column to --data"
        )


def usable(trial: Trial) -> Trial:
    """RK132: the same answer, of which is only asked that it can be scored."""
    return replace(trial, check="RK132", expected=Expected("usable"))


def _some_answer(material: Material, row: KnownRow) -> str:
    """An answer of the right form for the row, if there is one: a wrong one of its own, or a right one of another row."""
    others = (answer for other in material.rows for answer in other.right_answers[:1])
    return next(iter((*row.wrongs, *row.right_answers, *others)), "no answer here")


def wrong_answers(material: Material) -> Planned:
    """RK106: the `wrong` completions of data rows do not pass. What is wrong as a whole may be right for one part of a combination."""
    rows = [row for row in material.sound_rows if row.from_data and row.wrongs]
    if rows and (material.role != "whole" or material.reference_free):
        why = (
            "declared reference_free"
            if material.role == "whole"
            else f"it is a {material.role} of a combination"
        )
        yield Skipped("RK106", f"{why}: the rows' wrong answers may be right for it")
        return
    for row in rows:
        for wrong in row.wrongs:
            yield Trial("RK106", row, (wrong,), material.stays_under(), row.where)
