"""The bootstrap against scipy's, what hangs together, where there are no bounds, and how often bounds hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as scipy_stats

from rewardkit.evaluating.statistics.bootstrap import Estimate, bca_bounds, estimate, percentile_bounds
from rewardkit.judging.agreement import Floats, kappa_of, pair_tables
from rewardkit.judging.measures import (
    alpha_estimate,
    auroc_estimate,
    correlation_estimate,
    difference_estimate,
    kappa_estimate,
    share_estimate,
)


def mean(sums: Floats) -> Floats:
    return sums[..., 1] / sums[..., 0]


def units(values: Floats) -> Floats:
    return np.stack([np.ones(len(values)), values], axis=1)


SKEWED = np.random.default_rng(3).exponential(size=40)


def test_both_kinds_of_bounds_are_those_of_scipy_on_the_same_resamples() -> None:
    random = np.random.default_rng(0)
    left_out = np.array([np.delete(SKEWED, i).mean() for i in range(len(SKEWED))])
    for method, bounds in (
        ("percentile", percentile_bounds),
        ("BCa", lambda drawn: bca_bounds(drawn, float(SKEWED.mean()), left_out)),
    ):
        theirs = scipy_stats.bootstrap((SKEWED,), np.mean, method=method, n_resamples=2000, rng=random)
        expected = (theirs.confidence_interval.low, theirs.confidence_interval.high)
        assert bounds(theirs.bootstrap_distribution) == pytest.approx(expected, abs=1e-9)


def test_bounds_are_those_of_scipy_within_the_error_of_resampling() -> None:
    theirs = scipy_stats.bootstrap(
        (SKEWED,), np.mean, method="BCa", n_resamples=5000, rng=np.random.default_rng(1)
    )
    ours = estimate(units(SKEWED), mean)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.02)


def test_a_seed_gives_the_same_bounds_and_another_seed_others() -> None:
    assert estimate(units(SKEWED), mean, seed=4) == estimate(units(SKEWED), mean, seed=4)
    assert estimate(units(SKEWED), mean, seed=4) != estimate(units(SKEWED), mean, seed=5)


def test_copies_inside_a_sample_add_no_certainty() -> None:
    once = estimate(units(SKEWED), mean)
    clusters = [i for i in range(40) for _ in range(5)]
    copied = estimate(units(np.repeat(SKEWED, 5)), mean, clusters)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert copied.n == 200


def test_nine_samples_have_a_value_and_no_bounds() -> None:
    found = estimate(units(np.arange(27.0)), mean, [i % 9 for i in range(27)])
    assert found == Estimate(13.0, None, None, 27)


def test_a_bootstrap_that_nothing_varies_in_has_no_bounds() -> None:
    assert estimate(units(np.ones(30)), mean) == Estimate(1.0, None, None, 30)


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 clusters and 3 values"):
        estimate(units(np.ones(3)), mean, ["a", "b"])


ALL_RIGHT = np.array([0, 1] * 10)
ALONE = list(range(20))


def test_twenty_of_twenty_alike_is_a_kappa_of_1_without_certainty() -> None:
    found = kappa_estimate(ALL_RIGHT, ALL_RIGHT, ALONE, size=2)
    assert found.value == found.high == 1.0
    assert found.low is not None
    assert 0.5 < found.low < 0.85


def test_a_judge_that_always_says_the_same_is_known_to_be_poor() -> None:
    found = kappa_estimate(np.tile(ALL_RIGHT, 5), np.ones(100, dtype=int), list(range(100)), size=2)
    assert found.value == 0.0
    assert found.high is not None
    assert 0 < found.high < 0.2


def test_the_fewer_samples_agree_the_less_is_known() -> None:
    spread = kappa_estimate(ALL_RIGHT, ALL_RIGHT, ALONE, size=2)
    together = kappa_estimate(ALL_RIGHT, ALL_RIGHT, [i % 10 for i in range(20)], size=2)
    assert spread.low is not None
    assert together.low is not None
    assert together.low < spread.low


def test_other_figures_that_come_out_complete_are_not_certain_either() -> None:
    counts = np.stack([2 * (1 - ALL_RIGHT), 2 * ALL_RIGHT], axis=1)
    truth = ALL_RIGHT.astype(bool)
    for found in (
        alpha_estimate(counts, ALONE),
        auroc_estimate(truth, ALL_RIGHT.astype(float), ALONE),
        share_estimate(truth[truth], ALONE[:10]),
        share_estimate(np.ones(20, dtype=bool), [i // 2 for i in ALONE]),
    ):
        assert found.value == 1.0
        assert found.low is not None
        assert found.low < 0.87
    for found in (
        correlation_estimate(truth.astype(float), truth.astype(float), ALONE),
        difference_estimate(np.zeros(20), ALONE),
    ):
        assert (found.low, found.high) == (None, None)


def test_without_completions_every_figure_is_undefined() -> None:
    none, empty = Estimate(None, None, None, 0), np.array([])
    assert kappa_estimate(empty.astype(int), empty.astype(int), [], size=2) == none
    assert alpha_estimate(np.zeros((0, 2), dtype=int), []) == none
    assert auroc_estimate(empty.astype(bool), empty, []) == none
    assert share_estimate(empty, []) == none
    assert difference_estimate(empty, []) == none
    assert correlation_estimate(empty, empty, []) == none


def test_the_correlation_is_that_of_scipy_and_undefined_for_a_constant() -> None:
    other = SKEWED + np.random.default_rng(2).normal(size=40)
    found = correlation_estimate(SKEWED, other, list(range(40)))
    assert found.value == pytest.approx(scipy_stats.pearsonr(SKEWED, other).statistic, abs=1e-9)
    assert correlation_estimate(SKEWED, np.full(40, 0.1), list(range(40))).value is None


LAWS = {  # how often people and judge say (unmet, unmet), (unmet, met), (met, unmet), (met, met)
    "even": np.array([0.4, 0.1, 0.1, 0.4]),
    "close": np.array([0.45, 0.03, 0.03, 0.49]),
    "rare": np.array([0.07, 0.03, 0.05, 0.85]),
}


def coverage(law: Floats, completions: int, per_sample: int, trials: int) -> float:
    """How often the bounds of kappa hold the true one; completions of a sample are alike six times of ten."""
    random = np.random.default_rng(1)
    truth = float(kappa_of(law.reshape(2, 2), 1 - np.eye(2)))
    clusters = [i // per_sample for i in range(completions)]
    held = 0
    for trial in range(trials):
        shared = random.choice(4, completions // per_sample, p=law)[clusters]
        cells = np.where(random.random(completions) < 0.6, shared, random.choice(4, completions, p=law))
        cells = cells if per_sample > 1 else shared
        found = kappa_estimate(cells // 2, cells % 2, clusters, size=2, seed=trial)
        held += found.low is None or found.high is None or found.low <= truth <= found.high
    return held / trials


@pytest.mark.parametrize("law", ["even", "rare"])
def test_bounds_of_kappa_hold_the_truth_about_as_often_as_they_say(law: str) -> None:
    assert (
        0.88 <= coverage(LAWS[law], 50, 1, 150) <= 1.0
    )  # 95 % and three standard errors of 150 trials are 0.90


def test_bounds_that_took_the_completions_of_a_sample_for_independent_would_be_too_narrow() -> None:
    cells = np.repeat(np.random.default_rng(5).choice(4, 60, p=LAWS["even"]), 4)
    tables = pair_tables(cells // 2, cells % 2, 2)
    apart = 1 - np.eye(2)
    alone = estimate(tables, lambda sums: kappa_of(sums, apart))
    together = estimate(tables, lambda sums: kappa_of(sums, apart), [i // 4 for i in range(240)])
    assert None not in (alone.low, alone.high, together.low, together.high)
    assert (together.high - together.low) > 1.6 * (alone.high - alone.low)  # type: ignore[operator]


@pytest.mark.soak
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("completions", "per_sample"), [(30, 1), (50, 1), (60, 3), (200, 1)])
def test_bounds_of_kappa_hold_the_truth_in_a_thousand_trials(
    law: str, completions: int, per_sample: int
) -> None:
    assert 0.92 <= coverage(LAWS[law], completions, per_sample, 1000) <= 1.0
