"""Whether one run is better than another on the same prompts: paired differences, their interval, and tests that assume little.

    >>> found = paired_difference([0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1])
    >>> f"{found.difference:+.2f}", found.verdict
    ('+0.50', 'better')

Pairing takes out what makes prompts easy or hard for both, which is most of the spread. Intervals of the two runs that overlap say nothing against a difference.

Where fewer than 10 prompts differ at all, their spread tells little about the prompts that could have differed, and nothing when none did. Then, and where all differ alike, one prompt more that was won and one that
was lost are counted into intervals and t tests: 30 ties are no proof that no prompt is ever lost.

Sources: Phipson & Smyth 2010 (permutation p), McNemar 1947 (exact), Holm 1979, Schuirmann 1987 (two one-sided tests), Bonett & Price 2012 (a win and a loss more).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, TypeAlias

import numpy as np

from .intervals import mean_interval, standard_error
from .power import minimum_detectable
from .student import t_cdf
from .values import CONFIDENCE, FEWEST, Floats, by_cluster, checked

Test: TypeAlias = Literal["t", "sign-flip"]
Verdict: TypeAlias = Literal["better", "worse", "no detectable difference"]

MANY = 50  # units from which the t test is as good as counting sign flips, and agrees with the interval
_SAME = 1e-9  # a difference below this is rounding
_CHUNK = 500  # sign-flip permutations drawn at a time, which bounds memory at 500 x units bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """`b` minus `a` over `n` prompts.

    `difference` is the mean; the interval need not lie evenly about it. `p` is two-sided, by the test that `test` names. `detectable` is the least true difference found with 80 % power at this spread. `correlation` is that of the two over prompts (None
    where one never varies) and `saved` the share of the variance of an unpaired difference that pairing took away (negative: it added some).
    """

    difference: float
    low: float | None
    high: float | None
    p: float
    verdict: Verdict
    n: int
    detectable: float | None
    test: Test = "sign-flip"
    correlation: float | None = None
    saved: float | None = None


@dataclass(frozen=True, slots=True)
class McNemar:
    """Of prompts that only one of two runs solved: how many `a` alone, how many `b` alone, and the exact two-sided p."""

    only_a: int
    only_b: int
    p: float


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    seed: int = 0,
    permutations: int = 10_000,
) -> Comparison:
    """`b` minus `a`, prompt by prompt, with a t interval of the differences and a two-sided p, both by cluster where there are some.

    Under 50 units p is that of a sign-flip permutation test, which asks for no law of the differences: all flips are counted when there are at
    most `permutations` of them, else that many are drawn with `seed`. From 50 units on it is that of the t test. The verdict is about `b`: "better" or "worse" only when the
    interval leaves out 0 and p < 0.05, and never under 10 units. Raises ValueError when the lists differ in length.
    """
    if len(a) != len(b):
        raise ValueError(
            f"a and b must be the same prompts in the same order; got {len(a)} and {len(b)} values"
        )
    first, second = checked(a), checked(b)
    differences = _differing(second - first)
    sums = by_cluster(differences, clusters)
    doubted, labels = _doubted(differences, clusters)
    interval = mean_interval(doubted, labels)
    low, high = interval.low, interval.high
    if low is not None and high is not None and len(doubted) > len(differences):
        low, high = max(low, min(doubted)), min(high, max(doubted))
    p = _t_p(doubted, labels) if len(sums) >= MANY else _sign_flip_p(sums, seed, permutations)
    return Comparison(
        float(differences.mean()),
        low,
        high,
        p,
        verdict_of(low, high, p),
        len(differences),
        minimum_detectable(doubted, labels),
        "t" if len(sums) >= MANY else "sign-flip",
        *_pairing(first, second),
    )


def verdict_of(low: float | None, high: float | None, p: float) -> Verdict:
    """The word for a difference with those bounds and that p."""
    if low is None or high is None or p >= 1 - CONFIDENCE:
        return "no detectable difference"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "no detectable difference"


def mcnemar(a: Sequence[bool], b: Sequence[bool]) -> McNemar:
    """The exact test of the prompts that only one run solved: under no difference each of them is a fair coin.

    a, b: [n], the same prompts in the same order, one completion each, every prompt alone; ValueError when the lengths differ.
    """
    only_a = sum(x and not y for x, y in zip(a, b, strict=True))
    only_b = sum(y and not x for x, y in zip(a, b, strict=True))
    n, fewer = only_a + only_b, min(only_a, only_b)
    ways = total = (
        1  # whole numbers, each made of the last: n over k itself would take minutes for 20,000 prompts
    )
    for k in range(fewer):
        ways = ways * (n - k) // (k + 1)
        total += ways
    return McNemar(only_a, only_b, min(1.0, 2 * total / 2**n))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given: with them no more than 5 in 100 families have a false find."""
    order = sorted(range(len(ps)), key=ps.__getitem__)
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = highest
    return adjusted


def equivalent(
    differences: Sequence[float], margin: float, clusters: Sequence[Hashable] | None = None
) -> float | None:
    """The p of two one-sided t tests that the mean difference lies within +- `margin`, which must be named before the data are seen.

    Below 0.05 the two are as good as each other to within the margin; "no detectable difference" alone never says so. None under 10 units.
    """
    if margin <= 0:
        raise ValueError(f"margin must be above 0; got {margin:g}")
    doubted, labels = _doubted(_differing(checked(differences)), clusters)
    error = standard_error(doubted, labels)
    if error is None:
        return None
    mean = fmean(doubted)
    if error.size == 0:
        return 0.0 if abs(mean) < margin else 1.0
    above = 1 - t_cdf((mean + margin) / error.size, error.freedom)
    below = t_cdf((mean - margin) / error.size, error.freedom)
    return max(above, below)


def _differing(differences: Floats) -> Floats:
    """The differences without those that are rounding."""
    return np.where(np.abs(differences) < _SAME, 0.0, differences)


def _doubted(
    differences: Floats, clusters: Sequence[Hashable] | None
) -> tuple[list[float], Sequence[Hashable] | None]:
    """The differences with their clusters, and one prompt more that was won and one that was lost where fewer than 10 units differ, or all do alike."""
    differ, most = by_cluster((differences != 0).astype(float), clusters), float(np.abs(differences).max())
    few, alike = np.count_nonzero(differ) < FEWEST, np.ptp(differences) < _SAME
    if len(differ) < FEWEST or not (few or alike):
        return differences.tolist(), clusters
    whole = max(1.0, most) if few else most
    labels = None if clusters is None else [*clusters, ("one more", "won"), ("one more", "lost")]
    return [*differences.tolist(), whole, -whole], labels


def _t_p(differences: Sequence[float], clusters: Sequence[Hashable] | None) -> float:
    mean, error = fmean(differences), standard_error(differences, clusters)
    if error is None or error.size == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * (1 - t_cdf(abs(mean) / error.size, error.freedom))


def _sign_flip_p(sums: Floats, seed: int, permutations: int) -> float:
    """Two-sided p of the sum under random signs; drawn flips are counted with the observed one (Phipson & Smyth 2010)."""
    sums = sums[sums != 0]  # a cluster without a difference is the same under either sign
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


def _pairing(a: Floats, b: Floats) -> tuple[float | None, float | None]:
    """The correlation of the two, and the share of var(a) + var(b) that pairing saves: 2 cov(a, b) of it."""
    spread_a, spread_b = float(a.std()), float(b.std())
    if min(spread_a, spread_b) < 1e-12:
        return None, None
    together = float(((a - a.mean()) * (b - b.mean())).mean())
    return together / (spread_a * spread_b), 2 * together / (spread_a**2 + spread_b**2)
