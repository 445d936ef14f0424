"""Statistics of an evaluation: how good, how sure, and whether a difference is more than luck.

    >>> interval = mean_interval([0.2, 0.4, 0.6, 0.8, 1.0] * 4)
    >>> f"{interval.mean:.2f} ({interval.low:.2f} to {interval.high:.2f})"
    '0.60 (0.46 to 0.74)'

The prompt is the unit: repeats of a prompt are averaged before they come here, and prompts that belong together (one database, one
passage) are named by `clusters`. Under 10 units there is no interval: list the items instead. All intervals are 95 %.
An interval over prompts says nothing about other training seeds: one run cannot separate training luck from the method.

Sources: Miller, "Adding Error Bars to Evals" (arXiv 2411.00640); Wilson (1927); Chen et al. (arXiv 2107.03374) for pass@k.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, fmean
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
FEWEST = 10  # units below which no interval is given
_CHUNK = 500  # sign-flip permutations drawn at a time, which bounds memory at 500 x units bytes

Floats: TypeAlias = NDArray[np.float64]
Verdict: TypeAlias = Literal["better", "worse", "no detectable difference"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over `n` prompts with its 95 % bounds; `low` and `high` are None when there are too few units."""

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class StandardError:
    """The standard error of a mean, and the degrees of freedom of the t distribution that goes with it."""

    size: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`b` minus `a` over `n` prompts; `detectable` is the least true difference found with 80 % power at this spread."""

    difference: float
    low: float | None
    high: float | None
    p: float
    verdict: Verdict
    n: int
    detectable: float | None


def mean_interval(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Interval:
    """Mean of one value per prompt with a t interval.

    Without clusters: mean +- t(n-1) s / sqrt(n). With clusters: the cluster-robust CR1 error of Miller 2024, eq. 4, times the
    small-sample factor C / (C - 1), and t with C - 1 degrees of freedom. The bounds are None under 10 prompts or 10 clusters.
    Raises ValueError for no values, a value that is not finite, or a list of clusters of another length.
    """
    x = _checked(values)
    mean = float(x.mean())
    error = standard_error(values, clusters)
    if error is None:
        return Interval(mean, None, None, len(x))
    half = t_quantile(0.5 + CONFIDENCE / 2, error.freedom) * error.size
    return Interval(mean, mean - half, mean + half, len(x))


def share_interval(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Interval:
    """Mean of values in [0, 1]: Wilson's interval when all are 0 or 1 and unclustered, else a t interval cut to [0, 1].

    Wilson's keeps its width where all prompts agree; there a t interval would claim certainty after 20 of 20.
    """
    x = _checked(values)
    if clusters is None and bool(np.isin(x, (0.0, 1.0)).all()):
        return wilson(int(x.sum()), len(x))
    interval = mean_interval(values, clusters)
    if interval.low is None or interval.high is None:
        return interval
    return Interval(interval.mean, max(0.0, interval.low), min(1.0, interval.high), interval.n)


def wilson(successes: int, n: int) -> Interval:
    """Wilson's score interval of a share: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). None bounds under 10."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"wilson needs 0 <= successes <= n and n > 0; got {successes} of {n}")
    share = successes / n
    if n < FEWEST:
        return Interval(share, None, None, n)
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # Exact at the ends, where rounding could leave the share itself outside.
    return Interval(
        share, max(0.0, min(share, (centre - half) / scale)), min(1.0, max(share, (centre + half) / scale)), n
    )


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    seed: int = 0,
    permutations: int = 10_000,
) -> Comparison:
    """`b` minus `a`, prompt by prompt: t interval of the differences and a sign-flip permutation p (two-sided, by cluster).

    The verdict is about `b`. It is "better" or "worse" only when the interval leaves out 0 and p < 0.05, and never under 10
    units; so it is the more careful of the two tests. All sign flips are counted when there are at most `permutations` of them, else
    that many are drawn with `seed`. Raises ValueError when the lists differ in length.
    """
    if len(a) != len(b):
        raise ValueError(
            f"a and b must be the same prompts in the same order; got {len(a)} and {len(b)} values"
        )
    differences = _checked(b) - _checked(a)
    interval = mean_interval(differences.tolist(), clusters)
    p = _sign_flip_p(_cluster_sums(differences, clusters), seed, permutations)
    return Comparison(
        interval.mean,
        interval.low,
        interval.high,
        p,
        _verdict(interval, p),
        len(differences),
        minimum_detectable(differences.tolist(), clusters),
    )


def standard_error(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> StandardError | None:
    """The cluster-robust standard error of the mean (see `mean_interval`); None under 10 values or 10 clusters."""
    x = _checked(values)
    sums = _cluster_sums(x - x.mean(), clusters)
    units = len(sums)
    if min(units, len(x)) < FEWEST:
        return None
    # With one prompt per cluster this is s / sqrt(n): C/(C-1) turns the sum of squares over n^2 into s^2 / n.
    variance = units / (units - 1) * float(sums @ sums) / len(x) ** 2
    return StandardError(math.sqrt(variance), units - 1)


def minimum_detectable(
    differences: Sequence[float], clusters: Sequence[Hashable] | None = None, *, power: float = 0.8
) -> float | None:
    """The least true mean difference that a two-sided 5 % test finds with that power: (z(0.975) + z(power)) x standard error.

    None under 10 units. `differences` holds one paired difference per prompt.
    """
    error = standard_error(differences, clusters)
    if error is None:
        return None
    normal = NormalDist()
    return (normal.inv_cdf(0.5 + CONFIDENCE / 2) + normal.inv_cdf(power)) * error.size


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of k samples is right, from c right of n: 1 - C(n-c, k) / C(n, k), unbiased (2107.03374)."""
    _check_counts(n, c, k)
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def all_k(n: int, c: int, k: int) -> float:
    """The chance that all of k samples are right, from c right of n: C(c, k) / C(n, k). It says how reliable a model is."""
    _check_counts(n, c, k)
    return math.comb(c, k) / math.comb(n, k)


def unscored_bounds(scores: Sequence[Sequence[float | None]], low: float, high: float) -> tuple[float, float]:
    """The mean over prompts had every unscored completion (None) got `low`, and had it got `high`: (worst, best).

    `scores` holds the repeats of each prompt; every prompt needs at least one.
    """
    worst, best = (
        fmean(fmean(bound if s is None else s for s in prompt) for prompt in scores) for bound in (low, high)
    )
    return worst, best


@lru_cache(maxsize=4096)
def t_quantile(p: float, freedom: float) -> float:
    """The p-quantile of Student's t with `freedom` degrees of freedom, by bisection on `t_cdf`; relative error under 1e-9."""
    if not 0 < p < 1 or freedom <= 0:
        raise ValueError(f"t_quantile needs 0 < p < 1 and freedom > 0; got p={p}, freedom={freedom}")
    if p < 0.5:
        return -t_quantile(1 - p, freedom)
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < p:
        low, high = high, high * 2
    while high - low > 1e-12 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, freedom) < p else (low, middle)
    return (low + high) / 2


def t_cdf(t: float, freedom: float) -> float:
    """P(T <= t) for Student's t: 1 - I(x; freedom/2, 1/2) / 2 at x = freedom / (freedom + t^2), for t >= 0 (Abramowitz 26.7.1)."""
    if t < 0:
        return 1 - t_cdf(-t, freedom)
    if t * t < freedom:  # x would round to 1 near the middle
        return 0.5 + _regularised_beta(t * t / (freedom + t * t), 0.5, freedom / 2) / 2
    return 1 - _regularised_beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def _cluster_sums(x: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """Sums of x within each cluster; x itself when every prompt stands alone."""
    if clusters is None:
        return x
    if len(clusters) != len(x):
        raise ValueError(f"one cluster per value is needed; got {len(clusters)} clusters and {len(x)} values")
    number = {cluster: i for i, cluster in enumerate(dict.fromkeys(clusters))}
    sums: Floats = np.bincount(
        [number[cluster] for cluster in clusters], weights=x, minlength=len(number)
    ).astype(np.float64)
    return sums


def _sign_flip_p(sums: Floats, seed: int, permutations: int) -> float:
    """Two-sided p of the sum under random signs; drawn flips are counted with the observed one (Phipson & Smyth 2010)."""
    units = len(sums)
    observed = abs(float(sums.sum())) * (1 - 1e-9)  # ties are as extreme; rounding must not lose them
    if units < 63 and 2**units <= permutations:
        signs = 1.0 - 2.0 * ((np.arange(2**units)[:, None] >> np.arange(units)) & 1)
        return float(np.mean(np.abs(signs @ sums) >= observed))
    random = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, permutations, _CHUNK):
        rows = min(_CHUNK, permutations - start)
        signs = 1.0 - 2.0 * random.integers(0, 2, size=(rows, units), dtype=np.int8)
        extreme += int(np.count_nonzero(np.abs(signs @ sums) >= observed))
    return (extreme + 1) / (permutations + 1)


def _verdict(interval: Interval, p: float) -> Verdict:
    if interval.low is None or interval.high is None or p >= 1 - CONFIDENCE:
        return "no detectable difference"
    if interval.low > 0:
        return "better"
    return "worse" if interval.high < 0 else "no detectable difference"


def _checked(values: Sequence[float]) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not len(x):
        raise ValueError("at least one value is needed")
    if not np.isfinite(x).all():
        raise ValueError(
            f"values must be finite; got {x[~np.isfinite(x)][0]} (leave unscored completions out)"
        )
    return x


def _check_counts(n: int, c: int, k: int) -> None:
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"0 <= c <= n and 1 <= k <= n are needed; got n={n}, c={c}, k={k}")


def _regularised_beta(x: float, a: float, b: float) -> float:
    """I(x; a, b), from the continued fraction of the side that converges fast (Numerical Recipes 6.4, Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _beta_fraction(x, a, b) / a
    return 1 - math.exp(log_front) * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            d = 1 / _away_from_zero(1 + factor * d, tiny)
            c = _away_from_zero(1 + factor / c, tiny)
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            return result
    raise ArithmeticError(f"the incomplete beta function did not converge at x={x}, a={a}, b={b}")


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
