"""Bootstrap intervals for anything that is a function of sums over units, such as kappa, alpha, AUROC or a correlation.

    >>> heights = np.array([[1.0, h] for h in range(20)])                      # per unit: 1 and the value
    >>> estimate(heights, lambda sums: sums[..., 1] / sums[..., 0]).value      # a mean
    9.5

Samples are drawn, not completions or raters: all that hangs together (several completions of one prompt, their raters) is one cluster
and comes or stays away together. Bounds are 95 %. There are none under 10 clusters, as everywhere in rewardkit, none where every
resample gives the same value (20 of 20 right is no certainty), and none where more than a tenth of the resamples leave the statistic
undefined.

Sources: Efron 1987 (BCa); Field & Welsh 2007 (clusters).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

import numpy as np

from .values import CONFIDENCE, FEWEST, Floats, by_cluster, number

Method: TypeAlias = Literal["bca", "percentile"]
Statistic: TypeAlias = Callable[[Floats], Floats]

RESAMPLES = 5_000

_MOST_UNDEFINED = 0.1
_AT_A_TIME = 1_000_000  # counts drawn at a time, which bounds memory
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % bounds over `n` units; None where it, or they, cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def estimate(
    units: Floats,
    statistic: Statistic,
    clusters: Sequence[Hashable] | None = None,
    *,
    method: Method = "bca",
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The statistic of the sum of all units, with bounds from resampled clusters.

    units: [n, ...], what each unit adds. statistic: sums [..., the shape of a unit] -> [...], NaN where undefined. clusters: one label a
    unit; without them each unit stands alone. The same seed gives the same bounds. ValueError for another number of labels.
    """
    sums = by_cluster(units, clusters)
    value = number(statistic(sums.sum(axis=0)))
    if value is None or len(sums) < FEWEST:
        return Estimate(value, None, None, len(units))
    drawn = _replicates(sums, statistic, seed, resamples)
    known = drawn[np.isfinite(drawn)]
    if len(known) < (1 - _MOST_UNDEFINED) * resamples or np.ptp(known) < 1e-12:
        return Estimate(value, None, None, len(units))
    if method == "percentile":
        low, high = percentile_bounds(known)
    else:
        low, high = bca_bounds(known, value, statistic(sums.sum(axis=0) - sums))
    return Estimate(value, low, high, len(units))


def percentile_bounds(replicates: Floats) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile; replicates: [resamples], finite."""
    low, high = np.quantile(replicates, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def bca_bounds(replicates: Floats, value: float, left_out: Floats) -> tuple[float, float]:
    """Percentiles corrected for bias and for a spread that depends on the value.

    replicates: [resamples], finite; value: of all data; left_out: [clusters], the value without each of them (NaN where undefined).
    Falls back on plain percentiles when all replicates lie on one side of the value.
    """
    below = (np.mean(replicates < value) + np.mean(replicates <= value)) / 2
    if not 0 < below < 1:
        return percentile_bounds(replicates)
    bias = _NORMAL.inv_cdf(float(below))
    pull = left_out[np.isfinite(left_out)]
    pull = pull.mean() - pull if len(pull) else pull
    spread = float((pull**2).sum()) ** 1.5
    acceleration = float((pull**3).sum()) / (6 * spread) if spread > 0 else 0.0
    places = []
    for z in (_NORMAL.inv_cdf((1 - CONFIDENCE) / 2), _NORMAL.inv_cdf((1 + CONFIDENCE) / 2)):
        shrink = 1 - acceleration * (bias + z)
        if shrink <= 0:
            return percentile_bounds(replicates)
        places.append(_NORMAL.cdf(bias + (bias + z) / shrink))
    low, high = np.quantile(replicates, places)
    return float(low), float(high)


def _replicates(sums: Floats, statistic: Statistic, seed: int, resamples: int) -> Floats:
    """The statistic of each resample, [resamples]."""
    random = np.random.default_rng(seed)
    size = len(sums)
    flat = sums.reshape(size, -1)
    rows = max(1, _AT_A_TIME // max(size, flat.shape[1]))
    found = []
    for start in range(0, resamples, rows):
        some = min(rows, resamples - start)
        drawn = random.integers(0, size, (some, size)) + size * np.arange(some)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=some * size).reshape(some, size)
        found.append(statistic((counts @ flat).reshape(some, *sums.shape[1:])))
    return np.concatenate(found)
