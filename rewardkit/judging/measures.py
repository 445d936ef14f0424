"""The figures of a calibration with their intervals: agreement, kappa, alpha, sensitivity, specificity, AUROC, differences of totals.

Arrays are one entry a completion; `clusters` names the sample of each. Bounds are those of a bootstrap over samples, or Wilson's for a
plain share. Where the data leave a bootstrap nothing to vary (50 of 50 alike, a judge that always says the same), its width would be 0
and claim certainty: there the bounds come from tables drawn around the observed one after two imagined units were spread evenly over it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..evaluating.statistics import FEWEST, Interval, bounded_interval, wilson
from ..evaluating.statistics.bootstrap import RESAMPLES, Estimate, Statistic, estimate, percentile_bounds
from ..evaluating.statistics.values import Floats, by_cluster
from .agreement import (
    Level,
    Weights,
    alpha_of,
    coincidences,
    disagreement,
    kappa_of,
    pair_tables,
)
from .detection import auroc_of, score_tables

_IMAGINED = 2.0  # units spread over a table, as Wilson's and Agresti and Coull's intervals do for a share


def share_estimate(hits: ArrayLike, clusters: Sequence[Hashable]) -> Estimate:
    """The share of hits, [n] of bool: Wilson's interval where each sample counts once or all hits are alike, else a cluster-robust one."""
    found = np.asarray(hits, dtype=np.bool_)
    if not len(found):
        return Estimate(None, None, None, 0)
    groups = len(set(clusters))
    if groups < len(found) and found.all() | (~found).all():
        interval = wilson(groups if found.all() else 0, groups)
    else:
        interval = bounded_interval(found.astype(float).tolist(), clusters if groups < len(found) else None)
    return _counted(interval, len(found))


def kappa_estimate(
    people: NDArray[np.int_],
    judge: NDArray[np.int_],
    clusters: Sequence[Hashable],
    *,
    size: int,
    weights: Weights = "none",
    seed: int = 0,
) -> Estimate:
    """Cohen's kappa; people, judge: [n] of 0 to size - 1."""
    apart = disagreement(np.arange(size), weights)
    return _of_tables(
        pair_tables(people, judge, size), lambda tables: kappa_of(tables, apart), clusters, seed
    )


def alpha_estimate(
    counts: NDArray[np.int_], clusters: Sequence[Hashable], *, level: Level = "nominal", seed: int = 0
) -> Estimate:
    """Krippendorff's alpha over the completions with two ratings or more; counts: [n, verdicts], how many raters gave each."""
    rated = counts.sum(axis=1) >= 2
    values = np.arange(counts.shape[1])
    return _of_tables(
        coincidences(counts[rated]),
        lambda tables: alpha_of((tables + np.swapaxes(tables, -1, -2)) / 2, values, level),
        [cluster for cluster, some in zip(clusters, rated, strict=True) if some],
        seed,
    )


def auroc_estimate(
    truth: NDArray[np.bool_], scores: Floats, clusters: Sequence[Hashable], *, seed: int = 0
) -> Estimate:
    """AUROC; truth, scores: [n]. Complete separation is as sure as that many of the rarer class could show, by Wilson's bounds."""
    if not len(scores):
        return Estimate(None, None, None, 0)
    found = estimate(score_tables(truth, scores), auroc_of, clusters, seed=seed)
    if found.low is not None or found.value not in (0.0, 1.0):
        return found
    rarer = min(
        len({c for c, met in zip(clusters, truth, strict=True) if met == kind}) for kind in (True, False)
    )
    return _counted(wilson(rarer if found.value else 0, rarer), found.n)


def difference_estimate(differences: Floats, clusters: Sequence[Hashable], *, seed: int = 0) -> Estimate:
    """The mean of differences, [n]."""
    if not len(differences):
        return Estimate(None, None, None, 0)
    sums = np.stack([np.ones(len(differences)), differences], axis=1)
    return estimate(sums, _mean, clusters, seed=seed)


def correlation_estimate(
    people: Floats, judge: Floats, clusters: Sequence[Hashable], *, seed: int = 0
) -> Estimate:
    """Pearson's correlation of two totals, [n] each; no value where one of them never varies."""
    if not len(people):
        return Estimate(None, None, None, 0)
    x, y = people - people.mean(), judge - judge.mean()
    return estimate(
        np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1), _correlation, clusters, seed=seed
    )


def _of_tables(tables: Floats, statistic: Statistic, clusters: Sequence[Hashable], seed: int) -> Estimate:
    """The bootstrap's estimate for tables [n, size, size], or where that has no bounds, those of tables around the observed one."""
    if not len(tables):
        return Estimate(None, None, None, 0)
    found = estimate(tables, statistic, clusters, seed=seed)
    groups = len(by_cluster(tables, clusters))
    if found.value is None or found.low is not None or groups < FEWEST:
        return found
    table = tables.sum(axis=0)
    # Each sample counts once, whatever number of completions and raters it has.
    weights = (table * groups / table.sum() + _IMAGINED / table.size).ravel()
    drawn = np.random.default_rng(seed).dirichlet(weights, RESAMPLES) * table.sum()
    replicates = statistic(drawn.reshape(-1, *table.shape))
    low, high = percentile_bounds(replicates[np.isfinite(replicates)])
    return Estimate(found.value, min(low, found.value), max(high, found.value), found.n)


def _mean(sums: Floats) -> Floats:
    found: Floats = sums[..., 1] / sums[..., 0]
    return found


def _correlation(sums: Floats) -> Floats:
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    spread_x, spread_y = xx - x * x / n, yy - y * y / n
    some = (spread_x > 1e-12 * xx) & (spread_y > 1e-12 * yy)  # else rounding alone is left
    product = np.where(some, spread_x * spread_y, 1.0)
    found: Floats = np.where(some, np.clip((xy - x * y / n) / np.sqrt(product), -1.0, 1.0), np.nan)
    return found


def _counted(interval: Interval, n: int) -> Estimate:
    return Estimate(interval.mean, interval.low, interval.high, n)
