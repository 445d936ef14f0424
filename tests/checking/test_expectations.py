"""What is expected of scores, and when it counts as broken."""

from __future__ import annotations

import pytest

from rewardkit import Score
from rewardkit.checking.expectations import Expected, contract_breach
from rewardkit.scores import Cause


@pytest.mark.parametrize(
    ("value", "broken"), [(0.5, False), (0.5 + 9e-7, False), (0.5 + 2e-6, True), (0.4, True)]
)
def test_a_number_must_be_met_to_a_millionth(value: float, broken: bool) -> None:
    assert (Expected("within", 0.5, 0.5).breach([Score(value)]) is not None) is broken


def test_full_marks_are_not_below_full_marks() -> None:
    assert Expected("below", high=1).breach([Score(1)]) == 0
    assert Expected("below", high=1).breach([Score(0.99)]) is None


def test_an_unscored_wrong_answer_has_not_passed() -> None:
    assert Expected("below", high=1).breach([Score.unscored("bad_reference")]) is None


@pytest.mark.parametrize(
    ("cause", "broken"), [("bad_reference", False), ("not_applicable", False), ("error", True)]
)
def test_unscored_means_declined_not_crashed(cause: Cause, broken: bool) -> None:
    assert (Expected("unscored").breach([Score.unscored(cause)]) is not None) is broken


def test_an_order_is_broken_by_the_first_completion_that_does_not_rise() -> None:
    assert Expected("rises").breach([Score(0), Score(0.5), Score(0.5), Score(1)]) == 2
    assert Expected("rises").breach([Score(0), Score(0.5), Score(1)]) is None


def test_an_unscored_completion_breaks_an_order() -> None:
    assert Expected("rises").breach([Score.unscored("error"), Score(1)]) == 0


def test_a_deadline_is_no_sign_of_chance() -> None:
    assert Expected("same").breach([Score(1), Score.unscored("timeout"), Score(1)]) is None
    assert Expected("same").breach([Score(1), Score.unscored("error")]) == 1


def test_a_score_with_a_cause_is_the_answers_fault_not_the_graders() -> None:
    assert contract_breach(Score(0.2, cause="timeout")) is None
    assert contract_breach(Score.unscored("timeout")) == "RK014"
