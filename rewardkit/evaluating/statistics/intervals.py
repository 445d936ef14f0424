"""Intervals of means over prompts, alone or in clusters: Student's t for any values, a score interval for values between two bounds.

The score interval is Wilson's, for anything between two bounds. Wilson asks which true shares p would make the observed one likely, with the variance
p (1 - p) / n that each of them would have. Where values are not only 0 and 1, or prompts hang together, the variance is another one: then n is the number
of independent right-or-wrong prompts that would be as uncertain as these (the effective number), and the quantile is t's, since it is estimated. It is never
empty, never outside the bounds, and leans away from the nearer one. benchmarks/statistics.py measures how often it holds the truth, beside t and the bootstrap.

Clusters of unequal size are left out one by one (the jackknife, CR3): the residuals of a cluster that is most of the data are near 0 whatever its luck was, so that an error made of them
(CR1) would be too small. With equal sizes the two are the same.

Sources: Wilson 1927; Miller, "Adding Error Bars to Evals" (arXiv 2411.00640) for clusters; Bell & McCaffrey 2002 for the jackknife and its degrees of freedom; Dean & Pagano 2015 for Wilson's
interval with an effective number.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from .student import t_quantile
from .values import CONFIDENCE, FEWEST, Floats, by_cluster, checked

Method: TypeAlias = Literal["t", "wilson", "score"]

_NOTHING = 1e-24  # a variance below this is none: only rounding is left of it


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over `n` prompts with its 95 % bounds, None where there are too few units; `method` says how they were made."""

    mean: float
    low: float | None
    high: float | None
    n: int
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class StandardError:
    """The standard error of a mean, and the degrees of freedom of the t distribution that goes with it."""

    size: float
    freedom: float


def mean_interval(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Interval:
    """Mean of one value per prompt with a t interval.

    Without clusters: mean +- t(n-1) s / sqrt(n). With clusters: the error of leaving each of them out; with equal sizes that is the one of Miller 2024, eq. 4, times
    the small-sample factor C / (C - 1), and t has C - 1 degrees of freedom; fewer where sizes differ. The bounds are None under 10 prompts or 10 clusters.
    Raises ValueError for no values, a value that is not finite, or a list of clusters of another length.
    """
    x = checked(values)
    mean = float(x.mean())
    error = standard_error(values, clusters)
    if error is None:
        return Interval(mean, None, None, len(x))
    half = t_quantile(0.5 + CONFIDENCE / 2, error.freedom) * error.size
    return Interval(mean, mean - half, mean + half, len(x), "t")


def bounded_interval(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    range_: tuple[float, float] = (0.0, 1.0),
) -> Interval:
    """Mean of one value per prompt, all within `range_`, with the score interval.

    Values that are all one bound or the other, each prompt alone, get Wilson's own. None bounds under 10 prompts or 10 clusters.
    Raises ValueError as `mean_interval` does, and for a value out of the range.
    """
    low, high = range_
    x = checked(values)
    if float(x.min()) < low or float(x.max()) > high:
        raise ValueError(f"values must lie in {low:g} to {high:g}; got {x.min():g} to {x.max():g}")
    shares: Floats = (x - low) / (high - low)
    # Rounding may push the mean of equal values past a bound.
    mean = min(1.0, max(0.0, float(shares.mean())))
    error = _error(shares, mean, clusters)
    if error is None:
        return Interval(low + mean * (high - low), None, None, len(x))
    if error.units == len(x) and bool(np.isin(shares, (0.0, 1.0)).all()):
        found = wilson(int(shares.sum()), len(x))
    else:
        found = _score_interval(mean, error, len(x))
    return Interval(
        low + found.mean * (high - low),
        _scaled(found.low, range_),
        _scaled(found.high, range_),
        len(x),
        found.method,
    )


def wilson(successes: int, n: int) -> Interval:
    """Wilson's score interval of a share: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). None bounds under 10."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"wilson needs 0 <= successes <= n and n > 0; got {successes} of {n}")
    share = successes / n
    if n < FEWEST:
        return Interval(share, None, None, n)
    low, high = _wilson_bounds(share, n, NormalDist().inv_cdf(0.5 + CONFIDENCE / 2))
    return Interval(share, low, high, n, "wilson")


def standard_error(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> StandardError | None:
    """The cluster-robust standard error of the mean (see `mean_interval`); None under 10 values or 10 clusters."""
    x = checked(values)
    error = _error(x, float(x.mean()), clusters)
    return None if error is None else StandardError(math.sqrt(error.variance), error.freedom)


def unscored_bounds(scores: Sequence[Sequence[float | None]], low: float, high: float) -> tuple[float, float]:
    """The mean over prompts had every unscored completion (None) got `low`, and had it got `high`: (worst, best).

    `scores` holds the repeats of each prompt; every prompt needs at least one.
    """
    worst, best = (
        fmean(fmean(bound if s is None else s for s in prompt) for prompt in scores) for bound in (low, high)
    )
    return worst, best


def _score_interval(mean: float, error: _Error, n: int) -> Interval:
    """Wilson's bounds at the effective number of prompts; where nothing varies, that is the number of clusters."""
    varies = error.variance > _NOTHING and 0 < mean < 1
    effective = mean * (1 - mean) / error.variance if varies else float(error.units)
    low, high = _wilson_bounds(mean, effective, t_quantile(0.5 + CONFIDENCE / 2, error.freedom))
    return Interval(mean, low, high, n, "score")


def _wilson_bounds(share: float, n: float, quantile: float) -> tuple[float, float]:
    square = quantile * quantile
    centre = share + square / (2 * n)
    half = quantile * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    scale = 1 + square / n
    # Exact at the ends, where rounding could leave the share itself outside.
    return max(0.0, min(share, (centre - half) / scale)), min(1.0, max(share, (centre + half) / scale))


class _Error(NamedTuple):
    """The variance of a mean, the degrees of freedom with which it is known, and the number of units that stand alone."""

    variance: float
    freedom: float
    units: int


def _error(x: Floats, mean: float, clusters: Sequence[Hashable] | None) -> _Error | None:
    """None under 10 values or 10 clusters; s^2 / n with n - 1 where each value stands alone."""
    sums, n = by_cluster(x - mean, clusters), len(x)
    units = len(sums)
    if min(units, n) < FEWEST:
        return None
    sizes = by_cluster(np.ones(n), clusters)
    pulls = sums / (n - sizes)  # by how much the mean moves when the cluster is left out
    variance = (units - 1) / units * float(pulls @ pulls)
    # Satterthwaite's number, as if prompts stood alone: (sum of eigenvalues)^2 / sum of their squares.
    share, weight = sizes / n, sizes / (n - sizes) ** 2 * n
    squares = float((weight**2 * (1 - 2 * share)).sum() + (weight @ share) ** 2)
    return _Error(variance, float(weight @ (1 - share)) ** 2 / squares, units)


def _scaled(bound: float | None, range_: tuple[float, float]) -> float | None:
    return None if bound is None else range_[0] + bound * (range_[1] - range_[0])
