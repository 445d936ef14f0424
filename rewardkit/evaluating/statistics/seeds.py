"""What several training seeds show: an interval over prompts says nothing about the luck of training, one over seeds does.

Prompts and seeds are crossed: every seed answers the same prompts. The variance of the mean over both has a part from seeds, a part from prompts and the rest; `over_seeds` adds
the first two up, so that the interval speaks of another seed on other prompts of the kind. Where prompts belong together, their clusters take the place of prompts.

Source: the two-way random-effects model without replication (Searle, Casella & McCulloch 1992, ch. 4), Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from .intervals import Interval
from .student import t_cdf, t_quantile
from .values import CONFIDENCE, FEWEST, Floats, by_cluster, checked

FEWEST_SEEDS = 3


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """The mean of each seed over prompts, and the mean over seeds with two 95 % intervals.

    `seeds`: another seed on these very prompts, t with seeds - 1 degrees of freedom; None bounds under 3 seeds. `both`: another seed on other
    prompts of the kind; None bounds under 3 seeds or 10 prompts (or clusters); `p` is the two-sided one that goes with it. `spread` is the standard deviation of the seeds' means,
    None for one.
    """

    means: tuple[float, ...]
    seeds: Interval
    both: Interval
    spread: float | None
    p: float | None = None


def over_seeds(values: Sequence[Sequence[float]], clusters: Sequence[Hashable] | None = None) -> OverSeeds:
    """values: [seeds][prompts], the value (or difference) of each prompt under each seed; clusters: [prompts], what each belongs to.

    ValueError when seeds have not the same prompts, or for another number of labels.
    """
    if not values or len({len(row) for row in values}) != 1:
        raise ValueError("every seed needs a value for each of the same prompts")
    table = np.stack([checked(row) for row in values])
    seeds, prompts = table.shape
    means = table.mean(axis=1)
    mean = float(means.mean())
    spread = float(means.std(ddof=1)) if seeds > 1 else None
    bare = Interval(mean, None, None, prompts)
    if spread is None or seeds < FEWEST_SEEDS:
        return OverSeeds(tuple(map(float, means)), bare, bare, spread)
    error = spread / math.sqrt(seeds)
    half = t_quantile(0.5 + CONFIDENCE / 2, seeds - 1) * error
    alone = Interval(mean, mean - half, mean + half, prompts, "t")
    # What each cluster adds to the mean, times the number of clusters: prompts themselves where each stands alone.
    sums = by_cluster((table - mean).T, clusters).T
    if sums.shape[1] < FEWEST:
        return OverSeeds(tuple(map(float, means)), alone, bare, spread)
    both, freedom = _crossed(sums * (sums.shape[1] / prompts))
    # With few seeds t makes the interval over seeds alone the wider one, though it asks for less; never promise more than it.
    half = max(half, t_quantile(0.5 + CONFIDENCE / 2, freedom) * both)
    return OverSeeds(
        tuple(map(float, means)),
        alone,
        Interval(mean, mean - half, mean + half, prompts, "t"),
        spread,
        max(_p(mean, error, seeds - 1), _p(mean, both, freedom)),
    )


def _crossed(table: Floats) -> tuple[float, float]:
    """The standard error of the mean over seeds and units, with its degrees of freedom. table: [seeds, units], with mean 0."""
    seeds, units = table.shape
    means, per_unit = table.mean(axis=1), table.mean(axis=0)
    rest = table - means[:, None] - per_unit[None, :]
    # Mean squares over (seeds x units); each of the three is an independent estimate with its own degrees of freedom.
    parts = [
        (units * float((means**2).sum()) / (seeds - 1), seeds - 1, 1.0),
        (seeds * float((per_unit**2).sum()) / (units - 1), units - 1, 1.0),
        (float((rest**2).sum()) / ((seeds - 1) * (units - 1)), (seeds - 1) * (units - 1), -1.0),
    ]
    # Never less than what either source alone gives: the difference of mean squares can come out too small.
    total, least = sum(sign * square for square, _, sign in parts), max(parts[0][0], parts[1][0])
    if total <= least:
        total, freedom = least, float(parts[0][1] if parts[0][0] >= parts[1][0] else parts[1][1])
    else:
        freedom = max(1.0, total**2 / sum(square**2 / df for square, df, _ in parts))
    return math.sqrt(total / (seeds * units)), freedom


def _p(mean: float, error: float, freedom: float) -> float:
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * (1 - t_cdf(abs(mean) / error, freedom))
