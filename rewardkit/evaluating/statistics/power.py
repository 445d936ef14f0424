"""What a number of prompts can show: the least true difference that would be found with 80 % power, and the prompts that a difference needs."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

from .intervals import standard_error
from .student import t_quantile
from .values import CONFIDENCE, FEWEST

POWER = 0.8
CORRELATION = (
    0.5  # of the scores that two models get on the same prompts, where only one of them was measured
)


def minimum_detectable(
    differences: Sequence[float], clusters: Sequence[Hashable] | None = None, *, power: float = POWER
) -> float | None:
    """The least true mean difference that a two-sided 5 % test finds with that power, given one paired difference per prompt.

    (t(0.975) + t(power)) x standard error, with the degrees of freedom of the error. None under 10 units.
    """
    error = standard_error(differences, clusters)
    return None if error is None else _quantiles(error.freedom, power) * error.size


def detectable_from(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    correlation: float = CORRELATION,
    power: float = POWER,
) -> float | None:
    """The same for a comparison that was not made yet: with another run on these prompts that spreads alike and goes together with this
    one at that correlation, so that a difference has the variance 2 (1 - correlation) times that of a value. None under 10 units, and where all
    values are alike: then they tell nothing of another run's spread."""
    error = standard_error(values, clusters)
    if error is None or error.size < 1e-12:
        return None
    return _quantiles(error.freedom, power) * math.sqrt(2 * (1 - correlation)) * error.size


def detectable_with(
    prompts: int, *, sd: float = 0.5, correlation: float = CORRELATION, power: float = POWER
) -> float | None:
    """The same before anything ran: `prompts` that each stand alone, values with standard deviation `sd`.

    0.5 is the most that values between 0 and 1 can have: half of the prompts right. None under 10 prompts. It may be more than 1: then no
    difference of shares can be shown.
    """
    if prompts < FEWEST:
        return None
    return _quantiles(prompts - 1, power) * math.sqrt(2 * (1 - correlation) / prompts) * sd


def prompts_needed(
    difference: float, *, sd: float = 0.5, correlation: float = CORRELATION, power: float = POWER
) -> int:
    """How many prompts find a true difference of that size: ((z(0.975) + z(power)) sd of the difference / difference)^2, at least 10.

    ValueError when the difference is not above 0.
    """
    if difference <= 0:
        raise ValueError(f"difference must be above 0; got {difference:g}")
    normal = NormalDist()
    quantiles = normal.inv_cdf(0.5 + CONFIDENCE / 2) + normal.inv_cdf(power)
    return max(FEWEST, math.ceil(quantiles**2 * 2 * (1 - correlation) * sd**2 / difference**2))


def _quantiles(freedom: float, power: float) -> float:
    return t_quantile(0.5 + CONFIDENCE / 2, freedom) + t_quantile(power, freedom)
