"""The formulas against scipy, properties that hold for any data, and coverage under a known law."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests

from rewardkit.evaluating.statistics import (
    all_k,
    bounded_interval,
    detectable_from,
    detectable_with,
    equivalent,
    holm,
    mcnemar,
    mean_interval,
    minimum_detectable,
    over_seeds,
    paired_difference,
    pass_at_k,
    prompts_needed,
    standard_error,
    t_cdf,
    t_quantile,
    unscored_bounds,
    wilson,
)

scores = st.lists(st.floats(0, 1), min_size=10, max_size=60)


@pytest.mark.parametrize("freedom", [1, 2, 3, 9, 29.5, 100, 1e4, 1e6])
@pytest.mark.parametrize("p", [1e-6, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999])
def test_the_t_quantile_agrees_with_scipy(p: float, freedom: float) -> None:
    assert t_quantile(p, freedom) == pytest.approx(scipy_stats.t.ppf(p, freedom), rel=1e-8, abs=1e-10)


@given(st.floats(-50, 50), st.floats(0.5, 500))
def test_the_t_distribution_agrees_with_scipy(t: float, freedom: float) -> None:
    assert t_cdf(t, freedom) == pytest.approx(scipy_stats.t.cdf(t, freedom), abs=1e-10)


@pytest.mark.parametrize(("p", "freedom"), [(0, 5), (1, 5), (0.5, 0)])
def test_a_quantile_outside_its_domain_is_refused(p: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="0 < p < 1"):
        t_quantile(p, freedom)


@given(scores)
def test_the_interval_of_a_mean_is_the_t_interval_of_scipy(values: list[float]) -> None:
    interval = mean_interval(values)
    error = scipy_stats.sem(values)
    assert interval.low is not None
    assert interval.high is not None
    half = scipy_stats.t.ppf(0.975, len(values) - 1) * error
    assert (interval.low, interval.high) == pytest.approx(
        (interval.mean - half, interval.mean + half), abs=1e-9
    )


def test_nine_prompts_have_a_mean_and_no_interval() -> None:
    interval = mean_interval([0.5] * 9)
    assert (interval.mean, interval.low, interval.high, interval.n) == (0.5, None, None, 9)


def test_nine_clusters_have_no_interval_however_many_prompts() -> None:
    assert mean_interval([0.1, 0.9] * 45, [i % 9 for i in range(90)]).low is None


@given(scores)
def test_clusters_of_one_prompt_each_change_nothing(values: list[float]) -> None:
    alone, clustered = mean_interval(values), mean_interval(values, list(range(len(values))))
    assert (clustered.low, clustered.high) == pytest.approx((alone.low, alone.high), abs=1e-9)


def test_copies_inside_a_cluster_add_no_certainty() -> None:
    once = mean_interval([i / 20 for i in range(20)])
    copied = mean_interval(
        [i / 20 for i in range(20) for _ in range(5)], [i for i in range(20) for _ in range(5)]
    )
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize("values", [[], [0.5, math.nan], [math.inf]])
def test_no_values_or_values_that_are_not_finite_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="value"):
        mean_interval(values)


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 clusters and 3 values"):
        mean_interval([0, 1, 0], ["a", "b"])


@given(st.integers(10, 2000), st.data())
def test_wilson_agrees_with_scipy(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    expected = scipy_stats.binomtest(successes, n).proportion_ci(method="wilson")
    interval = wilson(successes, n)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_twenty_of_twenty_is_not_certainty() -> None:
    interval = bounded_interval([1.0] * 20)
    assert interval.high == 1.0
    assert interval.low == pytest.approx(0.839, abs=1e-3)


@given(scores)
def test_the_interval_of_a_share_stays_in_range_around_its_mean(values: list[float]) -> None:
    interval = bounded_interval(values)
    assert interval.low is not None
    assert interval.high is not None
    assert 0 <= interval.low <= interval.mean + 1e-12
    assert interval.mean - 1e-12 <= interval.high <= 1


@given(scores)
def test_a_stage_does_not_differ_from_itself(values: list[float]) -> None:
    comparison = paired_difference(values, values)
    assert (comparison.difference, comparison.p, comparison.verdict) == (0, 1, "no detectable difference")


@given(scores, st.integers(0, 5))
def test_swapping_the_sides_mirrors_the_comparison(values: list[float], shift: int) -> None:
    other = values[shift:] + values[:shift]
    there, back = (
        paired_difference(values, other, permutations=200),
        paired_difference(other, values, permutations=200),
    )
    assert there.difference == pytest.approx(-back.difference)
    assert there.p == pytest.approx(back.p)


def test_a_clear_gain_is_better_and_a_clear_loss_is_worse() -> None:
    a, b = [0.0] * 15 + [1.0] * 5, [1.0] * 18 + [0.0] * 2
    assert paired_difference(a, b).verdict == "better"
    assert paired_difference(b, a).verdict == "worse"


def test_under_ten_prompts_nothing_is_called_better() -> None:
    comparison = paired_difference([0.0] * 9, [1.0] * 9)
    assert (comparison.low, comparison.verdict) == (None, "no detectable difference")
    assert comparison.p == pytest.approx(2 / 2**9)  # every flip is counted


def test_the_permutation_p_agrees_with_scipy() -> None:
    differences = np.random.default_rng(1).normal(0.1, 0.4, 40)
    expected = scipy_stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(2)
    )
    assert paired_difference([0.0] * 40, differences.tolist()).p == pytest.approx(expected.pvalue, abs=0.02)


def test_the_same_seed_gives_the_same_p() -> None:
    a, b = [0.1 * (i % 7) for i in range(40)], [0.1 * (i % 5) for i in range(40)]
    assert paired_difference(a, b, seed=3).p == paired_difference(a, b, seed=3).p


def test_pairs_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same prompts"):
        paired_difference([0.0], [0.0, 1.0])


def test_the_detectable_difference_follows_the_power_formula() -> None:
    differences = [1.0, -1.0] * 50
    quantiles = scipy_stats.t.ppf(0.975, 99) + scipy_stats.t.ppf(0.8, 99)
    expected = quantiles * np.std(differences, ddof=1) / math.sqrt(100)
    assert minimum_detectable(differences) == pytest.approx(expected, rel=1e-6)


@given(st.integers(1, 12), st.data())
def test_pass_at_k_is_the_share_of_all_draws_with_a_success(n: int, data: st.DataObject) -> None:
    from itertools import combinations

    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    draws = [[i < c for i in draw] for draw in combinations(range(n), k)]
    assert pass_at_k(n, c, k) == pytest.approx(np.mean([any(draw) for draw in draws]))
    assert all_k(n, c, k) == pytest.approx(np.mean([all(draw) for draw in draws]))


def test_more_draws_than_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="n=4, c=2, k=5"):
        pass_at_k(4, 2, 5)


def test_the_bounds_put_every_unscored_completion_at_either_end() -> None:
    assert unscored_bounds([[1.0, None], [0.5]], -1.0, 1.0) == (0.25, 0.75)


@pytest.mark.parametrize("law", ["normal", "beta"])
def test_the_interval_covers_the_truth_about_95_times_in_100(law: str) -> None:
    random = np.random.default_rng(7)
    draw, truth = {
        "normal": (lambda: random.normal(0.3, 1, 25), 0.3),
        "beta": (lambda: random.beta(2, 3, 60), 0.4),
    }[law]
    intervals = [mean_interval(draw().tolist()) for _ in range(2000)]
    covered = np.mean(
        [i.low <= truth <= i.high for i in intervals if i.low is not None and i.high is not None]
    )
    assert 0.935 <= covered <= 0.965


def test_the_clustered_interval_covers_where_the_plain_one_does_not() -> None:
    random = np.random.default_rng(11)
    clusters = [i // 8 for i in range(240)]
    plain, robust = [], []
    for _ in range(600):
        x = (np.repeat(random.normal(0, 1, 30), 8) + random.normal(0, 0.5, 240)).tolist()
        for kept, interval in ((plain, mean_interval(x)), (robust, mean_interval(x, clusters))):
            assert interval.low is not None
            assert interval.high is not None
            kept.append(interval.low <= 0 <= interval.high)
    assert np.mean(plain) < 0.7
    assert 0.92 <= np.mean(robust) <= 0.98


def test_without_a_difference_one_is_called_in_about_5_of_100() -> None:
    random = np.random.default_rng(5)
    verdicts = [
        paired_difference(
            random.binomial(1, 0.5, 60).tolist(), random.binomial(1, 0.5, 60).tolist(), permutations=400
        ).verdict
        for _ in range(600)
    ]
    assert sum(verdict != "no detectable difference" for verdict in verdicts) / 600 <= 0.07


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=10, max_size=60))
def test_the_score_interval_of_right_and_wrong_is_wilsons(values: list[float]) -> None:
    assert bounded_interval(values) == wilson(int(sum(values)), len(values))


@given(scores)
def test_the_score_interval_stays_within_the_bounds_and_holds_the_mean(values: list[float]) -> None:
    found = bounded_interval(values)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.mean <= found.high <= 1


@given(scores, st.floats(-3, 3), st.floats(0.5, 4))
def test_the_score_interval_moves_with_the_range(values: list[float], low: float, width: float) -> None:
    assume(any(0 < value < 1 for value in values))  # a bound that is missed by rounding is no right or wrong
    plain = bounded_interval(values)
    moved = bounded_interval([low + width * value for value in values], range_=(low, low + width + 1e-9))
    assert moved.low == pytest.approx(low + width * plain.low, abs=1e-4)
    assert moved.high == pytest.approx(low + width * plain.high, abs=1e-4)


def test_the_score_interval_solves_wilsons_equation_at_the_effective_number() -> None:
    values = [0.0, 0.15, 0.7, 1.0, 0.1] * 6
    found = bounded_interval(values)
    x = np.asarray(values)
    effective = x.mean() * (1 - x.mean()) / (x.var(ddof=1) / len(x))
    quantile = scipy_stats.t.ppf(0.975, len(x) - 1)
    for bound in (found.low, found.high):
        assert bound is not None
        assert abs(x.mean() - bound) == pytest.approx(quantile * math.sqrt(bound * (1 - bound) / effective))


def test_equal_scores_leave_an_interval_as_wide_as_their_number_warrants() -> None:
    few, many = bounded_interval([0.5] * 12), bounded_interval([0.5] * 120)
    assert few.low is not None
    assert many.low is not None
    assert few.low < many.low < 0.5
    ones = bounded_interval([1.0] * 40, [i // 4 for i in range(40)])
    assert (ones.low, ones.high) == (pytest.approx(0.66, abs=0.01), 1.0)


def test_a_value_out_of_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must lie in 0 to 1; got 0.5 to 1.5"):
        bounded_interval([0.5, 1.5])


@given(st.integers(0, 25), st.integers(0, 25))
def test_mcnemar_agrees_with_the_binomial_test_of_scipy(only_a: int, only_b: int) -> None:
    found = mcnemar([True] * only_a + [False] * only_b, [False] * only_a + [True] * only_b)
    n = only_a + only_b
    expected = scipy_stats.binomtest(only_a, n, 0.5).pvalue if n else 1.0
    assert (found.only_a, found.only_b, found.p) == (only_a, only_b, pytest.approx(expected))


@pytest.mark.parametrize("size", [1, 2, 3, 12, 200])
def test_holm_agrees_with_statsmodels(size: int) -> None:
    ps = np.random.default_rng(size).beta(0.3, 1.5, size).round(3).tolist()  # rounded, so that some are tied
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])


@given(scores, st.floats(0.01, 0.5))
def test_equivalence_agrees_with_two_one_sided_tests_of_scipy(values: list[float], margin: float) -> None:
    differences = np.asarray(values) - 0.5
    assume(differences.std() > 1e-6)
    assume(np.count_nonzero(np.abs(differences) > 1e-9) >= 10)  # else a win and a loss more are counted in
    expected = max(
        scipy_stats.ttest_1samp(differences, -margin, alternative="greater").pvalue,
        scipy_stats.ttest_1samp(differences, margin, alternative="less").pvalue,
    )
    assert equivalent(differences.tolist(), margin) == pytest.approx(expected, abs=1e-9)


def test_the_prompts_that_a_difference_needs_can_show_it() -> None:
    needed = prompts_needed(0.1)
    assert needed == 197
    shown, less = detectable_with(needed), detectable_with(needed // 2)
    assert shown is not None
    assert less is not None
    assert shown == pytest.approx(0.1, rel=0.01)
    assert less > 0.13
    assert detectable_with(9) is None


def test_one_seed_has_no_interval_over_seeds() -> None:
    found = over_seeds([[0.0, 1.0] * 10])
    assert (found.means, found.spread, found.seeds.low, found.both.low) == ((0.5,), None, None, None)


def test_the_interval_over_seeds_is_that_of_their_means() -> None:
    table = np.random.default_rng(2).random((5, 40))
    found = over_seeds(table.tolist())
    expected = scipy_stats.t.interval(0.95, 4, table.mean(), scipy_stats.sem(table.mean(axis=1)))
    assert (found.seeds.low, found.seeds.high) == pytest.approx(expected)
    assert found.both.low is not None
    assert found.seeds.low is not None
    assert found.both.low <= found.seeds.low


def test_seeds_of_other_prompts_are_refused() -> None:
    with pytest.raises(ValueError, match="the same prompts"):
        over_seeds([[0.0, 1.0], [1.0]])


def test_the_cluster_robust_error_is_that_of_statsmodels_but_for_the_small_sample_factor() -> None:
    rng = np.random.default_rng(4)
    clusters = np.repeat(np.arange(25), 6)
    x = rng.normal(size=25)[clusters] + rng.normal(size=150)
    fit = OLS(x, np.ones(150)).fit(cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False})
    found = standard_error(x.tolist(), clusters.tolist())
    assert found is not None
    assert found.size == pytest.approx(float(fit.bse[0]) * math.sqrt(25 / 24))


def test_a_cluster_that_is_most_of_the_data_does_not_make_the_interval_narrow() -> None:
    # Its residuals are near 0 whatever its luck was: an error made of them covered 4 times in 100 here.
    rng, sizes = np.random.default_rng(3), [900] + [5] * 9
    clusters = np.repeat(np.arange(10), sizes)
    held = 0
    for _ in range(200):
        solved = rng.random(945) < rng.beta(1.2, 1.2, 10)[clusters]
        found = bounded_interval(solved.astype(float).tolist(), clusters.tolist())
        held += found.low is not None and found.high is not None and found.low <= 0.5 <= found.high
    assert held >= 190


def test_the_error_of_unequal_clusters_is_that_of_leaving_each_of_them_out() -> None:
    rng, clusters = np.random.default_rng(5), np.repeat(np.arange(12), [40, 1, *[7] * 10])
    x = rng.random(len(clusters))
    without = np.array([x[clusters != cluster].mean() for cluster in range(12)])
    found = standard_error(x.tolist(), clusters.tolist())
    assert found is not None
    assert found.size**2 == pytest.approx(11 / 12 * float(((without - x.mean()) ** 2).sum()))
    assert found.freedom < 6


@pytest.mark.parametrize("n", [20, 60])
def test_ties_alone_are_no_proof_that_nothing_is_ever_lost(n: int) -> None:
    # 3 lost in 100 leave 30 ties in a row 4 times in 10: an empty interval would say that this cannot be.
    found = paired_difference([1.0] * n, [1.0] * n)
    assert (found.difference, found.p, found.verdict) == (0.0, pytest.approx(1.0), "no detectable difference")
    assert found.low is not None
    assert found.high is not None
    assert found.detectable is not None
    assert found.low < -1.5 / n < 1.5 / n < found.high
    assert found.detectable > 3 / n
    assert (equivalent([0.0] * n, 1 / n) or 0) > 0.05
    assert (equivalent([0.0] * n, 0.2) or 1) < 0.05


def test_few_prompts_that_differ_are_judged_as_the_exact_test_judges_them() -> None:
    for won in range(1, 10):
        found = paired_difference([0.0] * 100, [1.0] * won + [0.0] * (100 - won))
        exact = mcnemar([False] * 100, [True] * won + [False] * (100 - won))
        assert (found.verdict == "better") == (exact.p < 0.05)


def test_differences_that_are_rounding_are_none() -> None:
    assert paired_difference([0.3] * 60, [0.1 + 0.2] * 60) == paired_difference([0.3] * 60, [0.3] * 60)


def test_clusters_take_the_place_of_prompts_in_an_interval_over_seeds() -> None:
    rng, table = np.random.default_rng(6), np.zeros((3, 12))
    table += rng.normal(0, 1, (1, 12)) + rng.normal(0, 0.1, (3, 12))
    copies, clusters = np.repeat(table, 10, axis=1), np.repeat(np.arange(12), 10).tolist()
    once, many = over_seeds(table.tolist()), over_seeds(copies.tolist(), clusters)
    assert (many.both.low, many.both.high) == pytest.approx((once.both.low, once.both.high))
    assert many.p == pytest.approx(once.p)


def test_the_p_over_seeds_is_below_5_in_100_where_the_interval_leaves_out_0() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        found = over_seeds((0.1 + rng.normal(0, 0.05, (3, 1)) + rng.normal(0, 0.4, (3, 60))).tolist())
        assert found.p is not None
        assert found.both.low is not None
        assert found.both.high is not None
        assert (found.p < 0.05) == (found.both.low > 0 or found.both.high < 0)


def test_differences_that_are_all_alike_leave_an_interval() -> None:
    found = paired_difference([0.0] * 20, [1.0] * 20)
    assert (found.difference, found.verdict) == (1.0, "better")
    assert found.low is not None
    assert found.detectable is not None
    assert 0.6 < found.low < 0.9
    assert found.detectable > 0.1


def test_mcnemar_of_20000_prompts_that_one_side_solved_takes_no_minutes() -> None:
    a = [place < 9_800 for place in range(20_000)]
    began = time.monotonic()
    found = mcnemar(a, [not right for right in a])
    assert found.p == pytest.approx(scipy_stats.binomtest(9_800, 20_000, 0.5).pvalue)
    assert time.monotonic() - began < 10


def test_values_that_are_all_alike_do_not_promise_that_any_difference_would_be_found() -> None:
    assert detectable_from([1.0] * 100) is None
    assert detectable_from([1.0] * 99 + [0.0]) is not None
