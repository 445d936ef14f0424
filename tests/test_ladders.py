from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit import Score, Step, partial_credit
from rewardkit.errors import GraderError
from rewardkit.ladders import Climb

LEVELS = {"parses": 0.1, "runs": 0.4, "exact": 1.0}


def ladder(*steps: Any) -> Score:
    @partial_credit(LEVELS, isolation="inline")
    def climb(completion: str) -> Iterator[Step]:
        yield from steps

    return climb.score("x")


def test_true_earns_the_level_and_the_climb_goes_on() -> None:
    assert ladder(("parses", True), ("runs", True)).value == 0.4


def test_a_number_earns_its_share_of_the_rise_to_the_level() -> None:
    assert ladder(("parses", True), ("runs", 0.5)).value == pytest.approx(0.1 + 0.5 * 0.3)


def test_zero_is_no_gate_so_a_right_answer_by_an_unusual_way_reaches_the_top() -> None:
    assert ladder(("parses", True), ("runs", 0.0), ("exact", True)).value == 1.0


def test_shares_of_0_pay_for_nothing() -> None:
    assert ladder(("parses", 0.0), ("runs", 0.0), ("exact", 0.0)).value == 0.0
    assert ladder(("parses", True), ("exact", 0.0)).value == pytest.approx(0.1)


def test_a_share_rises_from_the_height_reached_so_far() -> None:
    assert ladder(("parses", 0.5), ("runs", 0.5)).value == pytest.approx(0.05 + 0.5 * 0.35)


def test_false_is_a_gate_and_code_after_it_does_not_run() -> None:
    ran: list[str] = []

    @partial_credit(LEVELS, isolation="inline")
    def climb(completion: str) -> Iterator[Step]:
        yield "parses", False
        ran.append("after")
        yield "exact", True

    assert climb.score("x").value == 0.0
    assert ran == []


def test_cleanup_in_the_author_s_code_runs_when_a_gate_ends_the_climb() -> None:
    closed: list[bool] = []

    @partial_credit(LEVELS, isolation="inline")
    def climb(completion: str) -> Iterator[Step]:
        try:
            yield "parses", False
        finally:
            closed.append(True)

    climb.score("x")
    assert closed == [True]


def test_numpy_s_false_is_a_gate_too() -> None:
    import numpy

    assert ladder(("parses", True), ("runs", numpy.bool_(False)), ("exact", True)).value == 0.1


def test_every_level_is_a_component_whether_reached_or_not() -> None:
    score = ladder(("parses", True), ("runs", 0.5, "half of the rows"))
    assert [(c.name, c.value, c.level, c.reason) for c in score.components] == [
        ("parses", 1.0, 0.1, ""),
        ("runs", 0.5, 0.4, "half of the rows"),
        ("exact", 0.0, 1.0, "not reached"),
    ]


def test_the_score_s_reason_is_that_of_the_first_step_that_fell_short() -> None:
    assert (
        ladder(("parses", True, "fine"), ("runs", 0.5, "half of the rows"), ("exact", False, "wrong")).reason
        == "half of the rows"
    )
    assert ladder(("parses", True, "fine"), ("exact", True)).reason == ""


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [("pares", True)],
            "level 'pares' is not declared; declared: parses, runs, exact. Did you mean 'parses'?",
        ),
        ([("parses", True), ("parses", True)], "level 'parses' is given twice"),
        ([("runs", True), ("parses", True)], "level 'parses' comes after 'runs', but is declared before it"),
        ([("parses", 1.5)], "level 'parses' earned 1.5; allowed: True, False or a number in [0, 1]"),
        ([("parses", float("nan"))], "earned nan"),
        ([("parses", None)], "earned None"),
        (["parses"], "a step is (level, earned)"),
    ],
)
def test_a_wrong_step_is_an_error_of_the_grader(steps: list[Any], message: str) -> None:
    score = ladder(*steps)
    assert score.cause == "error"
    assert message in score.reason


def test_a_wrong_step_names_the_line_of_that_yield() -> None:
    @partial_credit(LEVELS, isolation="inline")
    def climb(completion: str) -> Iterator[Step]:
        yield "parses", True
        yield "walks", True

    line = climb.function.__code__.co_firstlineno + 3  # type: ignore[union-attr]
    assert f"test_ladders.py:{line})" in climb.score("x").reason


def test_an_async_ladder_climbs_like_any_other() -> None:
    @partial_credit(LEVELS, isolation="inline")
    async def climb(completion: str) -> AsyncIterator[Step]:
        yield "parses", True
        yield "runs", 0.5
        yield "exact", False

    assert climb.score("x").value == pytest.approx(0.25)


def test_a_ladder_that_yields_nothing_is_an_error() -> None:
    @partial_credit(LEVELS, isolation="inline")
    def climb(completion: str) -> bool:
        return True

    assert "must yield its steps" in climb.score("x").reason


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ({"a": 0.5, "b": 0.3}, "levels must rise; 'b' 0.3 comes after 'a' 0.5"),
        ({"a": 0.0}, "levels must rise; 'a' 0 comes after 'the bottom' 0"),
        ({"a": 1.5}, "level 'a' is 1.5; levels lie in 0 to 1"),
        ({}, "a ladder needs levels"),
    ],
)
def test_levels_rise_within_the_range(levels: dict[str, float], message: str) -> None:
    with pytest.raises(GraderError, match=message):

        @partial_credit(levels)
        def climb(completion: str) -> Iterator[Step]:
            yield "a", True


earned = st.booleans() | st.floats(0, 1)


@given(st.lists(earned, max_size=3), st.integers(0, 2), st.floats(0, 1))
def test_a_better_step_never_lowers_the_score(outcomes: list[Any], index: int, better: float) -> None:
    def height(outcomes: list[Any]) -> float:
        climb = Climb(LEVELS)
        for name, outcome in zip(LEVELS, outcomes, strict=False):
            if not climb.step((name, outcome)):
                break
        return climb.height

    improved = list(outcomes)
    if index < len(improved):
        improved[index] = max(float(improved[index]), better)
    assert height(improved) >= height(outcomes)
    assert 0.0 <= height(outcomes) <= 1.0
