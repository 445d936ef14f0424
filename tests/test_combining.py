from __future__ import annotations

from typing import Any

import pytest

from rewardkit import Grader, Score, Unscored, gated, penalised, reward, weighted
from rewardkit.errors import GraderError


def fixed(value: Any, name: str) -> Grader:
    """A grader that always returns, or raises, the same thing."""

    @reward(isolation="inline", name=name, may_abstain=True)
    def grader(completion: str) -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return grader


def test_weights_are_normalised() -> None:
    assert weighted((fixed(1, "a"), 3), (fixed(0, "b"), 1)).score("x").value == 0.75


def test_each_part_is_a_component_with_its_weight() -> None:
    score = weighted((fixed(1, "a"), 3), (fixed(0, "b"), 1)).score("x")
    assert [(c.name, c.value, c.weight) for c in score.components] == [("a", 1.0, 0.75), ("b", 0.0, 0.25)]


def test_one_unscored_part_makes_the_whole_unscored() -> None:
    score = weighted((fixed(1, "a"), 1), (fixed(Unscored("no gold"), "b"), 1)).score("x")
    assert (score.value, score.cause, score.reason) == (None, "bad_reference", "no gold")


def test_a_part_that_does_not_apply_shares_out_its_weight() -> None:
    assert weighted((fixed(0.5, "a"), 1), (fixed(None, "b"), 3)).score("x").value == 0.5


def test_no_applicable_part_means_not_applicable() -> None:
    assert weighted((fixed(None, "a"), 1)).score("x").cause == "not_applicable"


@pytest.mark.parametrize(("gate", "expected"), [(1, 0.5), (0.9, 0.0), (0, 0.0)])
def test_a_gate_lets_through_only_full_marks(gate: float, expected: float) -> None:
    assert gated(fixed(gate, "gate"), fixed(0.5, "then")).score("x").value == expected


def test_a_closed_gate_does_not_need_the_other_part() -> None:
    assert gated(fixed(0, "gate"), fixed(Unscored("?"), "then")).score("x").value == 0.0


@pytest.mark.parametrize(("penalty", "expected"), [(0, 0.8), (0.5, 0.3), (1, 0.0)])
def test_a_penalty_never_goes_under_the_lowest_score(penalty: float, expected: float) -> None:
    assert penalised(fixed(0.8, "good"), by=fixed(penalty, "bad")).score("x").value == pytest.approx(expected)


def test_a_combination_cannot_be_called_directly() -> None:
    with pytest.raises(TypeError, match=r"use \.score"):
        weighted((fixed(1, "a"), 1))("x")


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.raises(GraderError, match="two parts named 'a'"):
        weighted((fixed(1, "a"), 1), (fixed(0, "a"), 1))


@pytest.mark.parametrize("parts", [[], [fixed(1, "a")], [(fixed(1, "a"), 0)], [(print, 1)]])
def test_a_part_is_a_grader_with_a_weight_above_0(parts: list[Any]) -> None:
    with pytest.raises(GraderError, match=r"test_combining\.py:\d+"):
        weighted(*parts)


def test_combinations_nest() -> None:
    inner = weighted((fixed(1, "a"), 1), (fixed(0, "b"), 1), name="inner")
    assert gated(fixed(1, "gate"), inner).score("x") == Score(
        0.5, gated(fixed(1, "gate"), inner).score("x").components
    )
    assert gated(fixed(1, "gate"), inner).score("x").value == 0.5


def test_a_combination_asks_for_what_its_parts_ask_for() -> None:
    @reward(isolation="inline")
    def exact(completion: str, reference: str) -> bool:
        return completion == reference

    both = weighted((exact, 1), (fixed(1, "a"), 1))
    assert both.wants == ("completion", "reference")
    assert both.score("x", reference="x").value == 1.0


@pytest.mark.parametrize("weights", [(0.2, 0.3, 0.2), (0.1, 0.1, 0.1), (0.7, 0.1, 0.2), (1, 3, 7)])
def test_full_marks_everywhere_are_full_marks(weights: tuple[float, ...]) -> None:
    parts = [(fixed(1, name), weight) for name, weight in zip("abc", weights, strict=True)]
    assert weighted(*parts).score("x").value == 1.0


def test_a_combination_outside_its_range_is_unscored() -> None:
    @reward(isolation="inline", range=(-1, 1))
    def signed(completion: str) -> float:
        return -1.0

    assert penalised(fixed(1, "a"), by=signed).score("x").cause == "invalid"


def test_an_unnamed_inner_combination_is_called_by_its_kind() -> None:
    inner = weighted((fixed(1, "a"), 1))
    assert weighted((inner, 1), (fixed(1, "b"), 1)).score("x").components[0].name == "weighted"
