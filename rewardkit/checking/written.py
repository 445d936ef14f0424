"""The right answers of a grader's rows with the form in which they are written: where most checks that need wrong answers begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..options import Answer
from .forms import Form, form_of
from .kinds import as_number, kind_of, reference_of
from .known_rows import KnownRow, leaves
from .mutants import wrong_content
from .results import Skipped
from .trials import Material

_OTHERS = 40
_TOLERANCES = ("tolerance", "tol", "rel_tol", "rtol", "margin")


@dataclass(frozen=True, slots=True)
class Written:
    """A row with a right answer, its form, the references of other rows, and a content that is certainly wrong (None: not known)."""

    row: KnownRow
    answer: str
    kind: Answer | None
    form: Form
    others: Sequence[Any]
    wrong: str | None

    @property
    def wrong_answer(self) -> str | None:
        """A completion that is certainly wrong: one that the author knows, else the right one with a wrong content."""
        if self.row.wrongs:
            return self.row.wrongs[0]
        return None if self.wrong is None else self.form.write(self.wrong)


def written_answers(material: Material, most: int) -> list[Written]:
    """At most so many rows whose right answer has a form, no two with the same reference."""
    kind = kind_of(material)
    found = []
    references = [
        value for row in material.different_rows(_OTHERS) if (value := reference_of(row)) is not None
    ]
    strict = material.grader.options.format_strict  # a bare reference has not the form of an answer
    for row in material.different_rows(
        most, lambda row: (row.golds if strict else row.right_answers) and not row.empty
    ):
        answer = row.right_answers[0]
        form = form_of(answer, reference_of(row), kind)
        if form is not None:
            own = row.compared.values()
            others = [value for value in references if value not in own]
            found.append(Written(row, answer, kind, form, others, wrong_content(form, kind, others)))
    return found


def texts_of(material: Material, row: KnownRow) -> list[str]:
    """The texts that a row holds, and those in the grader's module: among them may be the script that makes a query's tables."""
    function = material.grader.function
    in_module = [value for value in getattr(function, "__globals__", {}).values() if isinstance(value, str)]
    return [*(text for value in row.columns.values() for text in leaves(value)), *in_module]


def forgiven(material: Material) -> Decimal:
    """By which share of a number the author lets an answer be off: seen in his right answers, or named in a column."""
    shares = [Decimal(0)]
    for row in material.sound_rows:
        reference = as_number(reference_of(row))
        for name in _TOLERANCES:
            named = as_number(row.columns.get(name))
            if named is not None:
                shares.append(abs(named) if "rel" in name or not reference else abs(named / reference))
        for gold in row.golds if reference else ():
            number = as_number(gold)
            if number is not None and reference:
                shares.append(abs(number - reference) / abs(reference))
    return min(max(shares), Decimal(1))


def no_form(material: Material, check: str) -> Skipped:
    """Why a check that writes wrong answers had nothing to start from."""
    kind = kind_of(material)
    if kind is None:
        return Skipped(
            check, "the kind of answer is not declared", 'declare answer= ("number", "label", "json", ...)'
        )
    if kind == "free":
        return Skipped(
            check, "a free text has no typed mutants", "add `wrong` completions to --data, or @probe"
        )
    return Skipped(
        check, "no right answer holds its reference", "add a `gold` column to --data, or cases with expect=1"
    )


def not_here(material: Material) -> str:
    """Why wrong answers are not tried on a part of a combination, or on a grader without a reference."""
    if material.role != "whole":
        return f"it is a {material.role} of a combination, which is tested as a whole"
    return "what it grades does not depend on a reference"
