"""The simulation behind benchmarks/statistics.py.

Data are drawn from known laws, with the functions that `eval` and `compare` use. `coverage` is the share of 95 % intervals that hold the true mean, `null_rejection` the share of comparisons
between equals whose verdict is "better" or "worse", `power` the share of true differences of the promised size that are found. `hard` are designs in which no interval can do it: a rare high score
that most samples of 30 prompts do not have, or one cluster that is most of the data. `rivals` has the same coverage for Student's t and the BCa bootstrap. `checks` compares single results with scipy, statsmodels and closed forms.
The standard error of a share near 0.95 is 0.0034 with 4,000 replications, 0.0049 with 2,000.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint

from rewardkit.evaluating import statistics as ours
from rewardkit.evaluating.statistics.bootstrap import estimate

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator], Floats]
Pair = Callable[[np.random.Generator, float], tuple[Floats, Floats]]

LEVELS = np.array([0.0, 0.02, 0.10, 0.15, 0.70, 1.0])
RARELY = [0.60, 0.15, 0.10, 0.05, 0.05, 0.05]
MOSTLY = [0.05, 0.05, 0.05, 0.05, 0.10, 0.70]
HARDLY = [0.90, 0.02, 0.02, 0.02, 0.02, 0.02]
BOOTSTRAPS = 500  # replications of the bootstrap, which takes a thousand times as long
PERMUTATIONS = 2_000


class Design:
    """Values of n prompts drawn from a law with a known mean; prompts belong together, `size` at a time, or as many as `sizes` says."""

    def __init__(self, mean: float, draw: Draw, *, size: int = 1, sizes: Sequence[int] = ()) -> None:
        self.mean, self.draw, self.size, self.sizes = mean, draw, size, sizes

    def clusters(self, n: int) -> list[int] | None:
        if self.sizes:
            return np.repeat(np.arange(len(self.sizes)), self.sizes).tolist()
        return None if self.size == 1 else [place // self.size for place in range(n)]


def binary(n: int, p: float) -> Design:
    return Design(p, lambda rng: (rng.random(n) < p).astype(float))


def ladder(n: int, weights: list[float]) -> Design:
    return Design(float(LEVELS @ weights), lambda rng: rng.choice(LEVELS, p=weights, size=n))


def beta(n: int, a: float, b: float) -> Design:
    return Design(a / (a + b), lambda rng: rng.beta(a, b, size=n))


def sampled(n: int, k: int, a: float, b: float) -> Design:
    """k completions a prompt, averaged: prompts are easy or hard after Beta(a, b)."""
    return Design(a / (a + b), lambda rng: rng.binomial(k, rng.beta(a, b, size=n)) / k)


def clustered(clusters: int, size: int, mean: float, icc: float, *, partial: bool = False) -> Design:
    """Right or wrong with the chance of the cluster; `partial` takes the square of it off a ladder."""
    spread = 1 / icc - 1

    def draw(rng: np.random.Generator) -> Floats:
        chance = np.repeat(rng.beta(mean * spread, (1 - mean) * spread, size=clusters), size)
        right = rng.random(clusters * size) < chance
        return (
            np.where(right, 1.0, 0.15 * (rng.random(clusters * size) < 0.5))
            if partial
            else right.astype(float)
        )

    return Design(mean + (1 - mean) * 0.075 if partial else mean, draw, size=size)


def unequal(sizes: Sequence[int], mean: float, icc: float) -> Design:
    """Right or wrong with the chance of the cluster; clusters have these sizes."""
    spread = 1 / icc - 1

    def draw(rng: np.random.Generator) -> Floats:
        chance = np.repeat(rng.beta(mean * spread, (1 - mean) * spread, size=len(sizes)), sizes)
        return (rng.random(len(chance)) < chance).astype(float)

    return Design(mean, draw, sizes=sizes)


def one_to_a_hundred(clusters: int) -> list[int]:
    """Sizes from 1 to 100 whose logarithms are evenly spread."""
    return [round(size) for size in np.geomspace(1, 100, clusters)]


COVERAGE: Mapping[str, Design] = {
    "binary, 20 prompts, 0.5": binary(20, 0.5),
    "binary, 100 prompts, 0.3": binary(100, 0.3),
    "binary, 100 prompts, 0.8": binary(100, 0.8),
    "binary, 300 prompts, 0.95": binary(300, 0.95),
    "skewed partial credit, ladder, 30 prompts, most right": ladder(30, MOSTLY),
    "skewed partial credit, ladder, 100 prompts, few right": ladder(100, RARELY),
    "skewed partial credit, beta(0.3, 2.5), 50 prompts": beta(50, 0.3, 2.5),
    "skewed partial credit, beta(0.3, 2.5), 200 prompts": beta(200, 0.3, 2.5),
    "clustered, 50 x 10, 0.5, icc 0.3": clustered(50, 10, 0.5, 0.3),
    "clustered, 50 x 10, 0.8, icc 0.2": clustered(50, 10, 0.8, 0.2),
    "clustered, 50 x 10, 0.9, icc 0.3": clustered(50, 10, 0.9, 0.3),
    "clustered, 50 x 10, partial credit, icc 0.2": clustered(50, 10, 0.4, 0.2, partial=True),
    "clustered, 12 x 10, 0.5, icc 0.3": clustered(12, 10, 0.5, 0.3),
    "clusters of 1 to 100, 15 of them, 0.5, icc 0.3": unequal(one_to_a_hundred(15), 0.5, 0.3),
    "clusters of 1 to 100, 30 of them, 0.5, icc 0.3": unequal(one_to_a_hundred(30), 0.5, 0.3),
    "4 samples a prompt, 50 prompts, beta(0.5, 0.5)": sampled(50, 4, 0.5, 0.5),
    "4 samples a prompt, 50 prompts, beta(0.3, 1.2)": sampled(50, 4, 0.3, 1.2),
    "8 samples a prompt, 20 prompts, beta(2, 2)": sampled(20, 8, 2.0, 2.0),
}  # fmt: skip
HARD: Mapping[str, Design] = {
    "one cluster of 300 and 11 of 10, 0.5, icc 0.3": unequal([300, *[10] * 11], 0.5, 0.3),
    "ladder, 30 prompts, 2 in 100 right": ladder(30, HARDLY),
    "ladder, 100 prompts, 2 in 100 right": ladder(100, HARDLY),
    "ladder, 12 prompts, 5 in 100 right": ladder(12, RARELY),
    "clustered, 10 x 10, 0.9, icc 0.3": clustered(10, 10, 0.9, 0.3),
    "clusters of 1 to 100, 15 of them, 0.9, icc 0.3": unequal(one_to_a_hundred(15), 0.9, 0.3),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description="How often intervals hold the truth, and equals are told apart."
    )
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument(
        "--quick", action="store_true", help="100 replications: whether it runs, not what holds"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    options = parser.parse_args()
    n, seed, began = 100 if options.quick else options.replications, options.seed, time.monotonic()
    checks = cross_checks()
    found = {
        "coverage": {name: round(coverage(design, n, seed), 4) for name, design in COVERAGE.items()},
        "hard": {name: round(coverage(design, n, seed), 4) for name, design in HARD.items()},
        "rivals": {name: rivals(design, n, seed) for name, design in {**COVERAGE, **HARD}.items()},
        "over_seeds": {name: round(share, 4) for name, share in over_seeds(n // 2, seed).items()},
        **nulls(n // 2, seed),
        "checks": checks,
        "replications": n,
        "seconds": 0.0,
    }
    found["seconds"] = round(time.monotonic() - began, 1)
    for part, values in found.items():
        print(part, file=sys.stderr)
        for name, value in values.items() if isinstance(values, dict) else [("", values)]:
            print(f"    {name:58} {value}", file=sys.stderr)
    if options.json:
        print(json.dumps(found))


def coverage(design: Design, replications: int, seed: int) -> float:
    """The share of intervals of `bounded_interval` that hold the true mean."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(replications):
        x = design.draw(rng)
        held += holds(ours.bounded_interval(x.tolist(), design.clusters(len(x))), design.mean)
    return held / replications


def rivals(design: Design, replications: int, seed: int) -> dict[str, float]:
    """The same for a cluster-robust t interval, and for the BCa bootstrap over prompts or clusters."""
    rng = np.random.default_rng(seed)
    with_t = bca = 0
    for replication in range(replications):
        x = design.draw(rng)
        clusters = design.clusters(len(x))
        with_t += holds(ours.mean_interval(x.tolist(), clusters), design.mean)
        if replication < BOOTSTRAPS:
            sums = np.stack([np.ones(len(x)), x], axis=1)
            found = estimate(
                sums, lambda s: s[..., 1] / s[..., 0], clusters, seed=replication, resamples=2000
            )
            bca += found.low is not None and found.high is not None and found.low <= design.mean <= found.high
    return {"t": round(with_t / replications, 4), "bca": round(bca / min(BOOTSTRAPS, replications), 4)}


def holds(interval: ours.Interval, mean: float) -> bool:
    return interval.low is not None and interval.high is not None and interval.low <= mean <= interval.high


def over_seeds(replications: int, seed: int) -> dict[str, float]:
    """Crossed seeds and prompts: does the interval over both hold the true difference?"""
    shares = {}
    for name, seeds, prompts, luck, together in (
        ("3 seeds, 100 prompts", 3, 100, 0.05, 0.0),
        ("5 seeds, 100 prompts", 5, 100, 0.05, 0.0),
        ("5 seeds, 40 prompts, little luck", 5, 40, 0.01, 0.0),
        ("3 seeds, 100 prompts, much luck", 3, 100, 0.2, 0.0),
        ("5 seeds, 20 x 10 prompts", 5, 200, 0.03, 0.3),
    ):
        clusters = [place // 10 for place in range(prompts)] if together else None
        rng, held = np.random.default_rng(seed), 0
        for _ in range(replications):
            table = (
                0.1
                + rng.normal(0, luck, (seeds, 1))
                + rng.normal(0, 0.3, (1, prompts))
                + np.repeat(rng.normal(0, together, prompts // 10), 10)
                + rng.normal(0, 0.4, (seeds, prompts))
            )
            held += holds(ours.over_seeds(table.tolist(), clusters).both, 0.1)
        shares[name] = held / replications
    return shares


def pair_designs() -> dict[str, tuple[Pair, int]]:
    """Two runs on the same prompts whose true means differ by a given shift; and the number of prompts in a cluster."""

    def right_or_wrong(rng: np.random.Generator, shift: float) -> tuple[Floats, Floats]:
        chance = rng.beta(1.0, 1.0, size=200) * (1 - abs(shift))
        return (rng.random(200) < chance).astype(float), (rng.random(200) < chance + shift).astype(float)

    def credit(rng: np.random.Generator, shift: float) -> tuple[Floats, Floats]:
        hard = rng.beta(0.5, 1.5, size=40)
        a, b = (np.clip(hard + rng.normal(0, 0.15, 40), 0, 1) for _ in range(2))
        return a, b + shift

    def together(rng: np.random.Generator, shift: float) -> tuple[Floats, Floats]:
        chance = np.repeat(rng.beta(1.5, 1.5, size=50), 10) * (1 - abs(shift))
        lean = np.repeat(rng.normal(0, 0.15, 50), 10)
        a, b = (
            (rng.random(500) < chance),
            (rng.random(500) < np.clip(chance + lean * np.sqrt(chance) + shift, 0, 1)),
        )
        return a.astype(float), b.astype(float)

    def repeated(rng: np.random.Generator, shift: float) -> tuple[Floats, Floats]:
        chance = rng.beta(0.5, 0.5, size=60) * (1 - abs(shift))
        return rng.binomial(4, chance) / 4, rng.binomial(4, chance + shift) / 4

    def seldom(rng: np.random.Generator, shift: float) -> tuple[Floats, Floats]:
        u, right = rng.random(60), rng.random(60) < 0.5
        lost, won = u < 0.03, u > 0.97 - shift
        return (((right | lost) & ~won).astype(float), ((right | won) & ~lost).astype(float))

    return {
        "binary, 60 prompts, 3 in 100 won, 3 lost": (seldom, 1),
        "binary, 200 prompts": (right_or_wrong, 1),
        "partial credit, 40 prompts": (credit, 1),
        "clustered, 50 x 10": (together, 10),
        "4 samples a prompt, 60 prompts": (repeated, 1),
    }


def nulls(replications: int, seed: int) -> dict[str, object]:
    """How often equals are told apart, and how often the difference that was called detectable is found."""
    by_design, power = {}, {}
    for name, (draw, size) in pair_designs().items():
        rng = np.random.default_rng(seed)
        found = [compared(*draw(rng, 0.0), size, r) for r in range(replications)]
        by_design[name] = sum(each.verdict != "no detectable difference" for each in found) / replications
        if size == 1:  # the clustered design cannot be shifted and keep its spread
            power[name] = round(power_of(draw, found, min(replications, 1000), seed + 1), 4)
    return {
        "null_rejection": round(float(np.mean(list(by_design.values()))), 4),
        "null_rejection_by_design": {name: round(share, 4) for name, share in by_design.items()},
        "power": power,
    }


def power_of(draw: Pair, nulls: list[ours.Comparison], replications: int, seed: int) -> float:
    """How often a true difference is found that is as large as `detectable` says, in data that differ by it."""
    shift = float(np.mean([each.detectable for each in nulls]))
    rng = np.random.default_rng(seed)
    for _ in range(2):  # the spread depends a little on the shift
        shift = float(
            np.mean([compared(*draw(rng, shift), 1, r).detectable for r in range(replications // 4)])
        )
    found = [compared(*draw(rng, shift), 1, r).verdict == "better" for r in range(replications)]
    return sum(found) / replications


def compared(a: Floats, b: Floats, size: int, seed: int) -> ours.Comparison:
    clusters = None if size == 1 else [place // size for place in range(len(a))]
    return ours.paired_difference(a.tolist(), b.tolist(), clusters, seed=seed, permutations=PERMUTATIONS)


def cross_checks() -> dict[str, float]:
    """The greatest deviation from scipy, statsmodels and closed forms."""
    rng = np.random.default_rng(5)
    x = rng.random(60)
    clusters = np.repeat(np.arange(12), 5)
    error = ours.standard_error(x.tolist(), clusters.tolist())
    fit = OLS(x, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False})
    plain = ours.mean_interval(x.tolist())
    expected = scipy_stats.t.interval(0.95, 59, x.mean(), scipy_stats.sem(x))
    wilson = [(ours.wilson(k, 40), proportion_confint(k, 40, method="wilson")) for k in range(41)]
    return {
        "t interval, scipy": max(abs((plain.low or 0) - expected[0]), abs((plain.high or 0) - expected[1])),
        "Wilson, statsmodels": max(max(abs((o.low or 0) - t[0]), abs((o.high or 0) - t[1])) for o, t in wilson),
        "cluster-robust error, statsmodels": abs((error.size if error else 0) - float(fit.bse[0]) * (12 / 11) ** 0.5),
        "exact McNemar, scipy": max(abs(ours.mcnemar([True] * a + [False] * b, [False] * a + [True] * b).p - scipy_stats.binomtest(a, a + b, 0.5).pvalue) for a in range(1, 15) for b in range(15)),
        "pass@k, all subsets": max(abs(ours.pass_at_k(n, c, k) - np.mean([min(s) < c for s in combinations(range(n), k)])) for n in range(1, 9) for c in range(n + 1) for k in range(1, n + 1)),
        "all-k, all subsets": max(abs(ours.all_k(n, c, k) - np.mean([max(s) < c for s in combinations(range(n), k)])) for n in range(1, 9) for c in range(n + 1) for k in range(1, n + 1)),
    }  # fmt: skip


if __name__ == "__main__":
    main()
