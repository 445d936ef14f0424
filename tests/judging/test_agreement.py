"""Kappa and alpha against published tables and other libraries, where they are undefined, and what must not change them.

Constants marked so were computed once with scikit-learn 1.x, statsmodels 0.14 and krippendorff 0.8 (`cohen_kappa_score(a, b, weights=w,
labels=[0, 1, 2, 3])`, `cohens_kappa(table, weights=w).kappa`, `krippendorff.alpha(reliability_data=r, level_of_measurement=l)`).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.judging.agreement import (
    Level,
    Weights,
    alpha_of,
    cohen_kappa,
    coincidences,
    constant_agreement,
    disagreement,
    kappa_of,
    krippendorff_alpha,
    pair_tables,
    raw_agreement,
)

GAP = math.nan
ONE = [0, 1, 2, 2, 1, 0, 3, 3, 2, 1, 0, 2, 3, 1, 1, 0, 2, 2, 3, 0]
OTHER = [0, 1, 2, 1, 1, 1, 3, 2, 2, 0, 0, 3, 3, 1, 2, 0, 2, 0, 3, 1]
WITHOUT_ONES = [0, 2, 2, 3, 0, 3, 2, 0], [0, 2, 3, 3, 2, 3, 0, 0]
# Four observers, twelve units: Krippendorff 2011, section D.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
    [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
]

verdicts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
tables = st.lists(
    st.lists(st.one_of(st.just(GAP), st.integers(0, 4).map(float)), min_size=4, max_size=4),
    min_size=1,
    max_size=12,
).map(np.array)  # units x raters
weightings = st.sampled_from(["none", "linear", "quadratic"])
levels = st.sampled_from(["nominal", "ordinal", "interval"])


@pytest.mark.parametrize(
    ("weights", "kappa"),
    [("none", 0.46488294314381273), ("linear", 0.6234309623430963), ("quadratic", 0.759825327510917)],
)
def test_kappa_is_that_of_scikit_learn(weights: Weights, kappa: float) -> None:
    assert cohen_kappa(ONE, OTHER, weights=weights) == pytest.approx(kappa, abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "kappa"),
    [("none", 0.4418604651162791), ("linear", 0.5454545454545454), ("quadratic", 0.6538461538461539)],
)
def test_a_choice_nobody_made_keeps_its_place_in_the_order(weights: Weights, kappa: float) -> None:
    assert cohen_kappa(*WITHOUT_ONES, weights=weights) == pytest.approx(kappa, abs=1e-12)


def test_kappa_of_the_published_table_of_diagnoses() -> None:
    # 200 patients, three diagnoses, two psychiatrists, and weights of its own: Cohen 1968 prints .492 and .348. In full by statsmodels.
    table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    weights = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert float(kappa_of(table, disagreement([0, 1, 2], "none"))) == pytest.approx(
        0.49152542372881347, abs=1e-12
    )
    assert float(kappa_of(table, weights)) == pytest.approx(0.3478260869565216, abs=1e-12)


@pytest.mark.parametrize(
    ("level", "printed", "alpha"),
    [
        ("nominal", 0.743, 0.743421052631579),
        ("ordinal", 0.815, 0.8153875037548814),
        ("interval", 0.849, 0.8491071428571428),
    ],
)
def test_alpha_of_the_published_four_observers(level: Level, printed: float, alpha: float) -> None:
    found = krippendorff_alpha(OBSERVERS, level=level)
    assert found == pytest.approx(alpha, abs=1e-12)
    assert found == pytest.approx(printed, abs=1e-3)


def test_alpha_of_the_published_two_observers() -> None:
    # Krippendorff 2011, sections A (0.095) and B (0.692).
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha([meg, owen]) == pytest.approx(1 - 19 * 8 / (2 * 6 * 14), abs=1e-12)
    ben = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    gerry = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    codes = [["abcde".index(letter) for letter in row] for row in (ben, gerry)]
    assert krippendorff_alpha(codes) == pytest.approx(0.692, abs=1e-3)


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.26825221238938046), ("ordinal", 0.17236852493314003), ("interval", 0.16664333706606937)],
)
def test_alpha_of_five_raters_with_gaps_is_that_of_krippendorff(level: Level, alpha: float) -> None:
    random = np.random.default_rng(7)
    ratings = random.integers(0, 4, (5, 30)).astype(float)
    common = random.integers(0, 4, 30)
    ratings = np.where(random.random((5, 30)) < 0.6, common, ratings)
    ratings[random.random((5, 30)) < 0.3] = GAP
    assert krippendorff_alpha(ratings, level=level) == pytest.approx(alpha, abs=1e-12)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@pytest.mark.parametrize(("a", "b"), [([], []), ([1], [1]), ([1] * 20, [1] * 20)])
def test_kappa_without_units_or_with_one_verdict_throughout_is_undefined(
    a: list[int], b: list[int], weights: Weights
) -> None:
    assert cohen_kappa(a, b, weights=weights) is None


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize(
    "ratings",
    [
        np.zeros((2, 0)),
        [[GAP, GAP], [GAP, GAP]],
        [[1, GAP, 2, GAP], [GAP, 1, GAP, 2]],  # no unit has two ratings
        [[1, 1, 1], [1, 1, GAP]],
        [[1, 1, 2], [1, 1, GAP]],  # the 2 has nobody to be compared with
        [[1, 2, 3]],
    ],
)
def test_alpha_without_overlap_or_variation_is_undefined(ratings: list[list[float]], level: Level) -> None:
    assert krippendorff_alpha(ratings, level=level) is None


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_a_judge_that_always_says_the_same_has_a_kappa_of_0(weights: Weights) -> None:
    assert cohen_kappa(ONE, [2] * len(ONE), weights=weights) == pytest.approx(0, abs=1e-12)


def test_the_constant_judge_agrees_as_often_as_the_most_common_verdict_is_given() -> None:
    assert constant_agreement(["met", "unmet", "met", "met"]) == ("met", 0.75)
    assert constant_agreement(["b", "a"]) == ("a", 0.5)
    assert constant_agreement([]) is None


def test_agreement_is_the_share_of_equal_verdicts() -> None:
    assert raw_agreement([1, 0, 1, 1], [1, 1, 1, 0]) == 0.5
    assert raw_agreement([], []) is None


@pytest.mark.parametrize(
    ("a", "b"), [([1, 2], [1]), ([[1]], [[1]]), ([1, GAP], [1, 1]), ([1, 1], [math.inf, 1])]
)
def test_pairs_that_are_none_are_refused(a: list[float], b: list[float]) -> None:
    with pytest.raises(ValueError, match="a and b must be"):
        cohen_kappa(a, b)
    with pytest.raises(ValueError, match="a and b must be"):
        raw_agreement(a, b)


def test_unknown_weights_and_levels_are_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="allowed: none, linear, quadratic"):
        cohen_kappa(ONE, OTHER, weights="cubic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="allowed: nominal, ordinal, interval"):
        krippendorff_alpha(OBSERVERS, level="ratio")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite numbers"):
        krippendorff_alpha([[math.inf, 1]])


@given(verdicts, weightings, st.randoms())
def test_kappa_knows_neither_the_order_of_units_nor_of_raters(
    pairs: list[tuple[int, int]], weights: Weights, random: object
) -> None:
    a, b = zip(*pairs, strict=True)
    kappa = cohen_kappa(a, b, weights=weights)
    random.shuffle(pairs)  # type: ignore[attr-defined]
    c, d = zip(*pairs, strict=True)
    for other in (cohen_kappa(b, a, weights=weights), cohen_kappa(c, d, weights=weights)):
        assert other == (None if kappa is None else pytest.approx(kappa, abs=1e-9))
    assert kappa is None or kappa <= 1


@given(verdicts, st.permutations(range(4)))
def test_kappa_without_weights_does_not_depend_on_what_verdicts_are_called(
    pairs: list[tuple[int, int]], names: list[int]
) -> None:
    a, b = zip(*pairs, strict=True)
    renamed = cohen_kappa([names[x] for x in a], [names[x] for x in b])
    kappa = cohen_kappa(a, b)
    assert renamed == (None if kappa is None else pytest.approx(kappa, abs=1e-9))


@given(verdicts, weightings)
def test_kappa_of_verdicts_turned_round_is_the_same(pairs: list[tuple[int, int]], weights: Weights) -> None:
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    kappa = cohen_kappa(a, b, weights=weights)
    assert cohen_kappa(3 - a, 3 - b, weights=weights) == (
        None if kappa is None else pytest.approx(kappa, abs=1e-9)
    )


@given(verdicts, weightings)
def test_full_agreement_is_1_and_nothing_else_is(pairs: list[tuple[int, int]], weights: Weights) -> None:
    a, b = zip(*pairs, strict=True)
    assert cohen_kappa(a, a, weights=weights) in (None, pytest.approx(1.0))
    kappa = cohen_kappa(a, b, weights=weights)
    assert kappa is None or (kappa > 1 - 1e-9) == (a == b)


@given(tables, levels, st.randoms())
def test_alpha_knows_neither_the_order_of_units_nor_of_raters(
    table: np.ndarray, level: Level, random: object
) -> None:
    alpha = krippendorff_alpha(table.T, level=level)
    units, raters = list(range(len(table))), list(range(4))
    random.shuffle(units)  # type: ignore[attr-defined]
    random.shuffle(raters)  # type: ignore[attr-defined]
    shuffled = krippendorff_alpha(table[units][:, raters].T, level=level)
    assert shuffled == (None if alpha is None else pytest.approx(alpha, abs=1e-9))
    assert alpha is None or alpha <= 1 + 1e-12


@given(tables, levels)
def test_a_unit_with_one_rating_changes_no_alpha(table: np.ndarray, level: Level) -> None:
    alpha = krippendorff_alpha(table.T, level=level)
    more = np.vstack([table, [4, GAP, GAP, GAP]])
    assert krippendorff_alpha(more.T, level=level) == (
        None if alpha is None else pytest.approx(alpha, abs=1e-9)
    )


@given(tables, levels)
@settings(max_examples=50)
def test_the_tables_of_units_add_up_to_that_of_all(table: np.ndarray, level: Level) -> None:
    counts = np.stack([(table == value).sum(axis=1) for value in range(5)], axis=1)
    found = float(alpha_of(coincidences(counts).sum(axis=0), np.arange(5), level))
    alpha = krippendorff_alpha(table.T, level=level)
    assert found == pytest.approx(math.nan if alpha is None else alpha, abs=1e-9, nan_ok=True)
    a, b = np.array(ONE), np.array(OTHER)
    summed = kappa_of(pair_tables(a, b, 4).sum(axis=0), disagreement(np.arange(4), "quadratic"))
    assert float(summed) == pytest.approx(cohen_kappa(a, b, weights="quadratic"))
