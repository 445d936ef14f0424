"""Corrected estimates: exact where the judge's errors are known, refused where they cannot be, and how often bounds hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.judging.correction import Corrected, corrected_mean, corrected_share

counts = st.integers(1, 200).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


def share(p: tuple[int, int], q1: tuple[int, int], q0: tuple[int, int]) -> Corrected:
    return corrected_share(
        met=p[0], judged=p[1], found=q1[0], people_met=q1[1], cleared=q0[0], people_unmet=q0[1]
    )


def test_the_share_is_that_of_the_formula() -> None:
    found = share((400, 1000), (180, 200), (140, 200))
    assert found.raw == 0.4
    assert found.value == pytest.approx((0.4 + 0.7 - 1) / (0.7 + 0.9 - 1), abs=1e-12)
    # Worked out apart, step by step from the published formula, with z = 1.959963984540054.
    assert (found.low, found.high) == pytest.approx((0.05635072484160894, 0.2627330257859588), abs=1e-9)


@given(counts, counts, counts)
def test_a_corrected_share_is_a_share_inside_its_bounds_or_refused_with_a_reason(
    p: tuple[int, int], q1: tuple[int, int], q0: tuple[int, int]
) -> None:
    found = share(p, q1, q0)
    assert (found.value is None) == bool(found.refused)
    if q1[0] / q1[1] + q0[0] / q0[1] <= 1.1:
        assert found.value is None
    if found.value is not None and found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.low < found.high


def test_a_judge_without_errors_is_not_corrected_and_still_not_certain() -> None:
    found = share((30, 100), (50, 50), (50, 50))
    assert found.value == pytest.approx(0.3)
    assert found.low is not None
    assert found.low < 0.3 - 0.06  # wider than the share's own interval would be


@pytest.mark.parametrize(
    ("q1", "q0", "reason"),
    [
        ((11, 20), (11, 20), "sensitivity 0.55 and specificity 0.55 add up to 1.10"),
        ((20, 20), (0, 20), "add up to 1.00"),
        ((0, 0), (20, 20), "people found nothing met"),
        ((20, 20), (0, 0), "people found nothing unmet"),
    ],
)
def test_a_judge_that_knows_too_little_is_refused(
    q1: tuple[int, int], q0: tuple[int, int], reason: str
) -> None:
    found = share((50, 100), q1, q0)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert reason in found.refused


def test_sets_that_contradict_each_other_are_refused() -> None:
    found = share((0, 100), (20, 20), (10, 20))
    assert found.value is None
    assert "it does not err alike on both sets" in found.refused
    assert share((100, 100), (12, 20), (20, 20)).value is None


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="got 11 of 10"):
        share((11, 10), (1, 1), (1, 1))
    with pytest.raises(ValueError, match="nothing to estimate from"):
        share((0, 0), (1, 1), (1, 1))


def test_few_labels_give_a_value_and_no_bounds() -> None:
    found = share((50, 100), (4, 4), (4, 5))
    assert found.value is not None
    assert (found.low, found.high) == (None, None)


def share_coverage(theta: float, q1: float, q0: float, trials: int) -> tuple[float, float]:
    """How often the bounds hold the truth, and how often plain counting's interval would: 400 judged, 60 labelled."""
    random = np.random.default_rng(2)
    held = plain = 0
    for _ in range(trials):
        met = random.random(400) < theta
        said = np.where(met, random.random(400) < q1, random.random(400) >= q0)
        positive = 30
        found = share(
            (int(said.sum()), 400),
            (int(random.binomial(positive, q1)), 30),
            (int(random.binomial(30, q0)), 30),
        )
        assert found.low is not None
        assert found.high is not None
        held += found.low <= theta <= found.high
        p = said.mean()
        plain += abs(p - theta) <= 1.96 * np.sqrt(p * (1 - p) / 400)
    return held / trials, plain / trials


@pytest.mark.parametrize(("theta", "q1", "q0"), [(0.2, 0.9, 0.8), (0.5, 0.9, 0.7), (0.9, 0.95, 0.9)])
def test_the_bounds_hold_the_truth_where_the_judges_own_share_does_not(
    theta: float, q1: float, q0: float
) -> None:
    held, plain = share_coverage(theta, q1, q0, 1000)
    assert held >= 0.93
    assert plain < 0.9


def test_the_mean_is_the_judges_plus_what_people_differ() -> None:
    found = corrected_mean([0.5, 0.7], [0.4, 0.6], [0.3, 0.7])
    assert found.raw == pytest.approx(0.6)
    assert found.value == pytest.approx(0.6 + (-0.1 + 0.1) / 2)
    assert (found.low, found.high) == (None, None)


def test_a_mean_without_any_spread_is_not_certain() -> None:
    assert corrected_mean([1.0] * 20, [1.0] * 20, [1.0] * 20) == Corrected(1.0, 1.0, None, None)


def test_copies_of_a_labelled_sample_add_no_certainty() -> None:
    random = np.random.default_rng(0)
    judged, labelled, people = (
        random.random(200).tolist(),
        random.random(30).tolist(),
        random.random(30).tolist(),
    )
    once = corrected_mean(judged, labelled, people)
    copied = corrected_mean(judged, labelled * 4, people * 4, labelled_clusters=list(range(30)) * 4)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))


def test_the_bounds_of_a_mean_hold_the_truth_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(4)
    held = 0
    for _ in range(500):
        truth = random.beta(2, 2, 360)
        judge = np.clip(truth + 0.15 + random.normal(0, 0.1, 360), 0, 1)  # too mild
        found = corrected_mean(judge[:300].tolist(), judge[300:].tolist(), truth[300:].tolist())
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.5 <= found.high
        assert found.raw > 0.6
    assert 0.92 <= held / 500 <= 0.98


def test_sets_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="the same completions; got 2 and 1"):
        corrected_mean([0.5], [0.5, 0.5], [0.5])
    with pytest.raises(ValueError, match="both sets need scores"):
        corrected_mean([0.5], [], [])
