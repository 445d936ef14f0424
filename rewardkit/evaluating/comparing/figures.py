"""The figures of one grader and metric: two means, their paired difference, tests, wins and losses, and what several seeds say."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import fmean
from typing import Any

from rewardkit.runs.records import Metric

from ..statistics import (
    FEWEST_SEEDS,
    Comparison,
    McNemar,
    OverSeeds,
    Verdict,
    equivalent,
    holm,
    mcnemar,
    over_seeds,
    paired_difference,
    verdict_of,
)

_SAME = 1e-9  # a difference of scores below this is a tie


@dataclass(frozen=True, slots=True)
class Figures:
    """The other side minus the base, for one grader and metric, over `prompts` that both have scored.

    `adjusted` is `p` after Holm's correction over all that was compared beside the primary (the primary's own where it is compared with one side only). `verdict` goes by the interval and `adjusted`; with three training seeds or more, by the interval over seeds and prompts.
    `differences` has one number a prompt. `mcnemar` is there for one completion each that is right or wrong, every prompt alone. `equivalence` is the p of being within the margin that was asked for.
    """

    grader: str
    metric: Metric
    primary: bool
    prompts: int
    clusters: int | None
    base: float
    other: float
    comparison: Comparison
    adjusted: float
    verdict: Verdict
    won: int
    tied: int
    lost: int
    mcnemar: McNemar | None
    seeds: OverSeeds | None
    equivalence: float | None
    differences: tuple[float, ...] = ()

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The 95 % interval that the verdict goes by; over seeds and prompts it is never narrower than over prompts alone."""
        low, high = self.comparison.low, self.comparison.high
        both = None if self.seeds is None else self.seeds.both
        if low is None or high is None or both is None or both.low is None or both.high is None:
            return low, high
        return min(low, both.low), max(high, both.high)

    @property
    def p(self) -> float:
        """Of the test over prompts; with three seeds or more the greater of that and the one over seeds and prompts."""
        return _p(self.comparison, self.seeds)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        low, high = self.bounds
        seeds = {} if self.seeds is None else {"seeds": _seeds_json(self.seeds)}
        test = {} if self.mcnemar is None else {"mcnemar": _mcnemar_json(self.mcnemar)}
        return {
            "grader": self.grader,
            "metric": self.metric,
            "primary": self.primary,
            "prompts": self.prompts,
            "clusters": self.clusters,
            "base": self.base,
            "other": self.other,
            "difference": self.comparison.difference,
            "low": low,
            "high": high,
            "test": self.comparison.test,
            "p": self.p,
            "p_adjusted": self.adjusted,
            "verdict": self.verdict,
            "detectable": self.comparison.detectable,
            "won": self.won,
            "tied": self.tied,
            "lost": self.lost,
            "correlation": self.comparison.correlation,
            "variance_saved": self.comparison.saved,
            "equivalence_p": self.equivalence,
            **test,
            **seeds,
        }


def figures(
    base: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
    *,
    grader: str,
    metric: Metric,
    primary: bool,
    once: bool,
    clusters: Mapping[str, Hashable] | None = None,
    margin: float | None = None,
    seed: int = 0,
) -> Figures | None:
    """The figures from the means of each prompt, one mapping for each run of a side; None when no prompt is scored in all of them.

    `once` says that each prompt has one completion. Values of several seeds are averaged by prompt for the paired difference.
    """
    shared = [sample for sample in base[0] if all(sample in run for run in [*base, *other])]
    if not shared:
        return None
    a, b = ([fmean(run[sample] for run in side) for sample in shared] for side in (base, other))
    together = None if clusters is None else [clusters.get(s, ("alone", s)) for s in shared]
    compared = paired_difference(a, b, together, seed=seed)
    differences = [y - x for x, y in zip(a, b, strict=True)]
    crossed = _over_seeds(base, other, shared, together)
    return Figures(
        grader,
        metric,
        primary,
        len(shared),
        None if together is None else len(set(together)),
        fmean(a),
        fmean(b),
        compared,
        _p(compared, crossed),
        _verdict(compared, crossed, _p(compared, crossed)),
        sum(d > _SAME for d in differences),
        sum(abs(d) <= _SAME for d in differences),
        sum(d < -_SAME for d in differences),
        mcnemar([x >= 1 for x in a], [x >= 1 for x in b]) if _is_plain(a, b, once, together) else None,
        crossed,
        None if margin is None else equivalent(differences, margin, together),
        tuple(differences),
    )


def corrected(found: Sequence[Figures]) -> list[Figures]:
    """The same with Holm's correction: over the primary figures, one for each side, and apart from them over all others."""
    adjusted: dict[int, Figures] = {}
    for primary in (True, False):
        places = [place for place, each in enumerate(found) if each.primary is primary]
        together = corrected_together([found[place] for place in places])
        adjusted.update(zip(places, together, strict=True))
    return [adjusted[place] for place in range(len(found))]


def corrected_together(found: Sequence[Figures]) -> list[Figures]:
    """The same with Holm's correction over all of them."""
    return [
        replace(each, adjusted=p, verdict=_verdict(each.comparison, each.seeds, p))
        for each, p in zip(found, holm([each.p for each in found]), strict=True)
    ]


def _p(compared: Comparison, crossed: OverSeeds | None) -> float:
    return compared.p if crossed is None or crossed.p is None else max(compared.p, crossed.p)


def _verdict(compared: Comparison, crossed: OverSeeds | None, p: float) -> Verdict:
    """By prompts and the test; with three seeds or more also by the interval over both, which must agree."""
    word = verdict_of(compared.low, compared.high, p)
    if crossed is None or len(crossed.means) < FEWEST_SEEDS:
        return word
    return (
        word if word == verdict_of(crossed.both.low, crossed.both.high, 0.0) else "no detectable difference"
    )


def _over_seeds(
    base: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
    shared: Sequence[str],
    clusters: Sequence[Hashable] | None,
) -> OverSeeds | None:
    """The differences of each seed; seeds of both sides are paired in order, and a single run stands against each of the others'."""
    if len(base) == 1 and len(other) == 1:
        return None
    if len(base) > 1 and len(other) > 1 and len(base) != len(other):
        return None
    pairs = zip_longest(base, other, fillvalue=base[0] if len(base) == 1 else other[0])
    return over_seeds([[run[s] - at[s] for s in shared] for at, run in pairs], clusters)


def _is_plain(
    a: Sequence[float], b: Sequence[float], once: bool, together: Sequence[Hashable] | None
) -> bool:
    return once and together is None and all(value in (0.0, 1.0) for value in (*a, *b))


def _mcnemar_json(found: McNemar) -> dict[str, Any]:
    return {"only_base": found.only_a, "only_other": found.only_b, "p": found.p}


def _seeds_json(found: OverSeeds) -> dict[str, Any]:
    return {
        "differences": list(found.means),
        "spread": found.spread,
        "same_prompts": {"low": found.seeds.low, "high": found.seeds.high},
        "other_prompts": {"low": found.both.low, "high": found.both.high},
    }
