"""Sensitivity, specificity and AUROC, against scipy, by hand, and where they are undefined."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from rewardkit.judging.detection import auroc, auroc_of, score_tables, sensitivity, specificity

scored = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=60)


def test_sensitivity_and_specificity_by_hand() -> None:
    truth, found = [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 1]
    assert (sensitivity(truth, found), specificity(truth, found)) == (0.75, 0.5)


def test_without_its_class_a_figure_is_undefined() -> None:
    assert sensitivity([0, 0], [0, 0]) is None
    assert specificity([1, 1], [1, 1]) is None
    assert (sensitivity([], []), specificity([], []), auroc([], [])) == (None, None, None)
    assert auroc([1, 1], [0.2, 0.9]) is None
    assert auroc([0, 0], [0.2, 0.9]) is None


def test_auroc_is_that_of_scikit_learn() -> None:
    # sklearn.metrics.roc_auc_score(truth, scores)
    truth, scores = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0], [0.9, 0.1, 0.5, 0.5, 0.5, 0.3, 0.7, 0.7, 0.2, 0.2]
    assert auroc(truth, scores) == pytest.approx(0.72, abs=1e-12)


@given(scored)
def test_auroc_is_mann_whitneys_u_over_the_number_of_pairs(pairs: list[tuple[bool, int]]) -> None:
    truth, scores = (np.array(side) for side in zip(*pairs, strict=True))
    area = auroc(truth, scores)
    if truth.all() or not truth.any():
        assert area is None
    else:
        u = scipy_stats.mannwhitneyu(scores[truth], scores[~truth]).statistic
        assert area == pytest.approx(u / (truth.sum() * (~truth).sum()), abs=1e-9)
        assert auroc(truth, -scores) == pytest.approx(1 - area, abs=1e-9)
        assert auroc(truth, np.exp(scores)) == pytest.approx(area, abs=1e-9)


@given(scored)
def test_the_tables_of_units_add_up_to_that_of_all(pairs: list[tuple[bool, int]]) -> None:
    truth, scores = zip(*pairs, strict=True)
    area = auroc(truth, scores)
    summed = float(auroc_of(score_tables(truth, scores).sum(axis=0)))
    assert summed == pytest.approx(math.nan if area is None else area, nan_ok=True)


def test_lists_of_different_lengths_and_scores_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="one score per truth"):
        auroc([1, 0], [0.5])
    with pytest.raises(ValueError, match="one verdict per truth"):
        sensitivity([1, 0], [1])
    with pytest.raises(ValueError, match="scores must be finite"):
        auroc([1, 0], [0.5, math.nan])
