from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit import Component, Score
from rewardkit.scores import CAUSES, from_wire, to_wire

components = st.builds(
    Component,
    st.text(),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 1),
    st.text(),
)
scores = st.builds(
    Score, st.floats(0, 1), st.lists(components).map(tuple), st.none() | st.sampled_from(CAUSES), st.text()
)


@given(scores)
def test_a_score_survives_the_wire(score: Score) -> None:
    assert from_wire(to_wire(score)) == score


def test_an_unscored_result_needs_a_cause() -> None:
    with pytest.raises(ValueError, match="needs a cause"):
        Score(None)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_score_is_finite(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Score(value)


def test_an_unknown_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="bored"):
        Score(None, cause="bored")  # type: ignore[arg-type]


def test_an_unscored_result_is_no_number() -> None:
    with pytest.raises(ValueError, match=r"unscored \(timeout\): too slow"):
        float(Score.unscored("timeout", "too slow"))


def test_components_are_found_by_name() -> None:
    score = Score(0.5, (Component("parses", 1.0), Component("runs", 0.0)))
    assert score.component("runs").value == 0.0
    with pytest.raises(KeyError):
        score.component("walks")


def test_scores_can_be_pickled() -> None:
    score = Score(0.5, (Component("parses", 1.0, level=0.1),), "timeout", "late")
    assert pickle.loads(pickle.dumps(score)) == score


def test_the_repr_is_short() -> None:
    assert repr(Score(1 / 3, (Component("a", None),), reason="why")) == "Score(0.333333, a=-, reason='why')"
