"""Right answers made wrong: every mutant differs from the right answer, and no reference is too odd to be tried."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.checking.forms import form_of
from rewardkit.checking.kinds import as_date, as_number
from rewardkit.checking.mutants import mutants_of, wrong_content


def contents(answer: str, reference: Any, kind: Any) -> list[str]:
    form = form_of(answer, reference, kind)
    assert form is not None
    wrong = wrong_content(form, kind, [])
    made = [form.text_of(mutant.value) for mutant in mutants_of(form, kind, [])]
    return made if wrong is None else [*made, wrong]


@given(st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=4))
def test_no_mutant_of_a_number_is_that_number(number: Any) -> None:
    made = contents(f"Answer: {number:f}", f"{number:f}", "number")
    assert made
    assert all(as_number(text) != number for text in made)


@given(st.dates(max_value=datetime.date(9997, 12, 31)))
def test_no_mutant_of_a_date_is_that_day(day: Any) -> None:
    made = contents(f"On {day.isoformat()}.", day.isoformat(), "date")
    assert made
    assert all(as_date(text) != day for text in made)


@pytest.mark.parametrize("reference", ["9" * 29, "1e29", "nan", "-inf", "9999-12-31", "", "x" * 5000])
def test_what_has_no_neighbours_has_no_form_as_a_number_or_date(reference: str) -> None:
    assert as_number(reference) is None
    assert as_date(reference) is None
