"""What several training seeds show: an interval over prompts says nothing about the luck of training, one over seeds does.

Prompts and seeds are crossed: every seed answers the same prompts. The variance of the mean over both has a part from seeds, a part from prompts and the rest; `over_seeds` adds
the first two up, so that the interval speaks of another seed on other prompts of the kind.

Source: the two-way random-effects model without replication (Searle, Casella & McCulloch 1992, ch. 4), Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .intervals import Interval
from .student import t_quantile
from .values import CONFIDENCE, FEWEST, checked

FEWEST_SEEDS = 3


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """The mean of each seed over prompts, and the mean over seeds with two 95 % intervals.

    `seeds`: another seed on these very prompts, t with seeds - 1 degrees of freedom; None bounds under 3 seeds. `both`: another seed on other
    prompts of the kind; None bounds under 3 seeds or 10 prompts. `spread` is the standard deviation of the seeds' means, None for one.
    """

    means: tuple[float, ...]
    seeds: Interval
    both: Interval
    spread: float | None


def over_seeds(values: Sequence[Sequence[float]]) -> OverSeeds:
    """values: [seeds][prompts], the value (or difference) of each prompt under each seed. ValueError when seeds have not the same prompts."""
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
    half = t_quantile(0.5 + CONFIDENCE / 2, seeds - 1) * spread / math.sqrt(seeds)
    alone = Interval(mean, mean - half, mean + half, prompts, "t")
    if prompts < FEWEST:
        return OverSeeds(tuple(map(float, means)), alone, bare, spread)
    per_prompt = table.mean(axis=0)
    rest = table - means[:, None] - per_prompt[None, :] + mean
    # Mean squares over (seeds x prompts); each of the three is an independent estimate with its own degrees of freedom.
    parts = [
        (prompts * float(((means - mean) ** 2).sum()) / (seeds - 1), seeds - 1, 1.0),
        (seeds * float(((per_prompt - mean) ** 2).sum()) / (prompts - 1), prompts - 1, 1.0),
        (float((rest**2).sum()) / ((seeds - 1) * (prompts - 1)), (seeds - 1) * (prompts - 1), -1.0),
    ]
    count = seeds * prompts
    variance = sum(sign * square for square, _, sign in parts) / count
    # Never less than what either source alone gives: the difference of mean squares can come out too small.
    least = max(parts[0][0], parts[1][0]) / count
    if variance <= least:
        variance, freedom = least, parts[0][1] if parts[0][0] >= parts[1][0] else parts[1][1]
    else:
        freedom = (variance * count) ** 2 / sum(square**2 / df for square, df, _ in parts)
    # With few seeds t makes the interval over seeds alone the wider one, though it asks for less; never promise more than it.
    half = max(half, t_quantile(0.5 + CONFIDENCE / 2, max(1.0, freedom)) * math.sqrt(variance))
    return OverSeeds(
        tuple(map(float, means)), alone, Interval(mean, mean - half, mean + half, prompts, "t"), spread
    )
