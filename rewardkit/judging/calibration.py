"""How far a judge may be trusted with a rubric: its verdicts beside those of people, criterion by criterion and for the score.

    labels, _ = on_criteria(read_labels("labels.jsonl").verdicts, criteria)
    judged = {("t1", "Sorry! ..."): [{"cites": "met"}, {"cites": "met"}]}   # what the judge said, here asked twice
    calibrate(criteria, labels, judged, min_kappa=0.6).outcome     # "met", "not met" or "too few to say"

The people's verdict is the most common one of the raters, the judge's the middle one of its repeats; a tie of either has no verdict, is
left out and counted. A completion that the judge gave no verdict on is left out and counted too, and never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..evaluating.statistics.bootstrap import Estimate
from .agreement import constant_agreement
from .bars import MinKappa, bars_of
from .criteria import Criterion
from .disagreements import Disagreement, Reasons, worst
from .labels import VerdictLabel
from .measures import (
    alpha_estimate,
    auroc_estimate,
    correlation_estimate,
    difference_estimate,
    kappa_estimate,
    share_estimate,
)
from .pooling import Judged, Pooled, pool, total_or_none

ENOUGH = 50
"""Labelled completions below which no figure is to be trusted: with fewer, an interval of kappa is about half the scale wide."""

Outcome: TypeAlias = Literal["met", "not met", "too few to say"]


@dataclass(frozen=True, slots=True)
class Bar:
    """The least kappa that is asked for, and whether it is reached.

    "met": the whole interval lies at or above it and there are 50 completions or more; "not met": the whole interval lies below it;
    "too few to say": anything else.
    """

    min_kappa: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CriterionCalibration:
    """People and judge on one criterion, over the `n` completions on which both have a verdict.

    raters: how many people gave verdicts. ties: completions on which they tie. unsettled: those on which the judge's repeats do.
    unjudged: those with people's verdicts and none of the judge. agreement: share of equal verdicts. kappa: Cohen's; with quadratic
    weights where there are more than two verdicts. alpha_people: Krippendorff's among the people, over what two or more rated;
    alpha_with_judge: the judge as one more rater. sensitivity, specificity: no value where there are more than two verdicts.
    constant: the people's most common verdict and its share, which is the agreement of a judge that always says it (its kappa is 0);
    None without completions. steady: share of the completions asked about several times on which all repeats are alike.
    """

    id: str
    n: int
    raters: int
    ties: int
    unsettled: int
    unjudged: int
    agreement: Estimate
    kappa: Estimate
    alpha_people: Estimate
    alpha_with_judge: Estimate
    sensitivity: Estimate
    specificity: Estimate
    constant: tuple[str, float] | None
    steady: float | None
    bar: Bar | None

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        constant = (
            None
            if self.constant is None
            else {"verdict": self.constant[0], "agreement": self.constant[1], "kappa": 0.0}
        )
        return {
            "id": self.id,
            "n": self.n,
            "raters": self.raters,
            "ties": self.ties,
            "unsettled": self.unsettled,
            "unjudged": self.unjudged,
            "agreement": self.agreement.as_json(),
            "kappa": self.kappa.as_json(),
            "alpha_people": self.alpha_people.as_json(),
            "alpha_with_judge": self.alpha_with_judge.as_json(),
            "sensitivity": self.sensitivity.as_json(),
            "specificity": self.specificity.as_json(),
            "constant": constant,
            "steady": self.steady,
            "bar": None
            if self.bar is None
            else {"min_kappa": self.bar.min_kappa, "outcome": self.bar.outcome},
        }


@dataclass(frozen=True, slots=True)
class TotalCalibration:
    """The score by the people's verdicts beside that by the judge's, over the `n` completions that have both.

    difference: mean absolute difference, 0 to 1. bias: mean of judge minus people; positive where the judge is the milder one.
    correlation: Pearson's. auroc: how well the judge's score tells the completions that people pass (a score of `pass_at` or more,
    `passed` of them) from the others.
    """

    n: int
    pass_at: float
    passed: int
    difference: Estimate
    bias: Estimate
    correlation: Estimate
    auroc: Estimate

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "n": self.n,
            "pass_at": self.pass_at,
            "passed": self.passed,
            "difference": self.difference.as_json(),
            "bias": self.bias.as_json(),
            "correlation": self.correlation.as_json(),
            "auroc": self.auroc.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rubric's judge beside people. completions: how many have a label; judged: how many of them a verdict of the judge too."""

    completions: int
    judged: int
    samples: int
    raters: tuple[str, ...]
    criteria: tuple[CriterionCalibration, ...]
    total: TotalCalibration
    worst: tuple[Disagreement, ...]

    @property
    def too_few(self) -> bool:
        """Whether fewer than 50 completions were both labelled and judged: too few to trust any of the figures."""
        return self.judged < ENOUGH

    @property
    def outcome(self) -> Outcome | None:
        """All bars together: "not met" when one is not, else "too few to say" when one is open, else "met"; None without bars."""
        outcomes = {criterion.bar.outcome for criterion in self.criteria if criterion.bar is not None}
        order: tuple[Outcome, ...] = ("not met", "too few to say", "met")
        return next((outcome for outcome in order if outcome in outcomes), None)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "completions": self.completions,
            "judged": self.judged,
            "samples": self.samples,
            "raters": list(self.raters),
            "too_few": self.too_few,
            "outcome": self.outcome,
            "criteria": [criterion.as_json() for criterion in self.criteria],
            "total": self.total.as_json(),
            "worst": [each.as_json() for each in self.worst],
        }


def calibrate(
    criteria: Sequence[Criterion],
    labels: Iterable[VerdictLabel],
    judged: Judged,
    *,
    min_kappa: MinKappa | None = None,
    pass_at: float = 1.0,
    seed: int = 0,
    most: int = 10,
    reasons: Reasons | None = None,
) -> Calibration:
    """Compare the judge's verdicts with those of people.

    judged: (sample id, completion) -> the judge's verdicts by criterion id, once for each time it was asked; one that it did not give is
    left out. min_kappa: the bar of every criterion, or of those named. pass_at: the score, 0 to 1, from which people pass a completion.
    seed: of the bootstrap. most: how many disagreements to list. reasons: the judge's, to be listed with them. Raises ConfigError for a bar that cannot be (on no criterion, not above
    0 and up to 1), ValueError for a verdict that a criterion does not allow.
    """
    bars = bars_of(min_kappa, [criterion.id for criterion in criteria])
    pooled = pool(criteria, labels, judged)
    return Calibration(
        completions=len(pooled),
        judged=sum(any(one.repeats.values()) for one in pooled),
        samples=len({one.sample.id for one in pooled}),
        raters=tuple(
            dict.fromkeys(rater for one in pooled for given in one.ratings.values() for rater in given)
        ),
        criteria=tuple(_criterion(each, pooled, bars.get(each.id), seed) for each in criteria),
        total=_total(criteria, pooled, pass_at, seed),
        worst=worst(criteria, pooled, most, reasons or {}),
    )


def _criterion(
    criterion: Criterion, pooled: Sequence[Pooled], bar: float | None, seed: int
) -> CriterionCalibration:
    name, size = criterion.id, len(criterion.verdicts)
    rated = [one for one in pooled if one.ratings[name]]
    both = [one for one in rated if name in one.people and name in one.judge]
    clusters = [one.sample.id for one in both]
    people = np.array([criterion.verdicts.index(one.people[name]) for one in both], dtype=np.int_)
    judge = np.array([criterion.verdicts.index(one.judge[name]) for one in both], dtype=np.int_)
    ordered = size > 2
    kappa = kappa_estimate(
        people, judge, clusters, size=size, weights="quadratic" if ordered else "none", seed=seed
    )
    asked_again = [one.repeats[name] for one in rated if len(one.repeats[name]) > 1]
    return CriterionCalibration(
        id=name,
        n=len(both),
        raters=len({rater for one in rated for rater in one.ratings[name]}),
        ties=sum(name not in one.people for one in rated),
        unsettled=sum(bool(one.repeats[name]) and name not in one.judge for one in rated),
        unjudged=sum(not one.repeats[name] for one in rated),
        agreement=share_estimate(people == judge, clusters),
        kappa=kappa,
        alpha_people=_alpha(criterion, rated, seed, with_judge=False),
        alpha_with_judge=_alpha(criterion, rated, seed, with_judge=True),
        sensitivity=_found(people, judge, clusters, of=None if ordered else 1),
        specificity=_found(people, judge, clusters, of=None if ordered else 0),
        constant=constant_agreement([one.people[name] for one in both]),
        steady=float(np.mean([len(set(given)) == 1 for given in asked_again])) if asked_again else None,
        bar=None if bar is None else Bar(bar, outcome_of(kappa, bar)),
    )


def _alpha(criterion: Criterion, rated: Sequence[Pooled], seed: int, *, with_judge: bool) -> Estimate:
    name = criterion.id
    counts = np.zeros((len(rated), len(criterion.verdicts)), dtype=np.int_)
    for unit, one in enumerate(rated):
        judge = [one.judge[name]] if with_judge and name in one.judge else []
        for verdict in (*one.ratings[name].values(), *judge):
            counts[unit, criterion.verdicts.index(verdict)] += 1
    level: Literal["nominal", "ordinal"] = "ordinal" if len(criterion.verdicts) > 2 else "nominal"
    return alpha_estimate(counts, [one.sample.id for one in rated], level=level, seed=seed)


def _found(
    people: NDArray[np.int_], judge: NDArray[np.int_], clusters: Sequence[str], *, of: int | None
) -> Estimate:
    """How many of the verdicts that people gave as `of` the judge gave too; no value for None."""
    at = [place for place, verdict in enumerate(people) if verdict == of]
    return share_estimate(judge[at] == of, [clusters[place] for place in at])


def _total(
    criteria: Sequence[Criterion], pooled: Sequence[Pooled], pass_at: float, seed: int
) -> TotalCalibration:
    scores, clusters = [], []
    for one in pooled:
        by_people, by_judge = total_or_none(criteria, one.people), total_or_none(criteria, one.judge)
        if by_people is not None and by_judge is not None:
            scores.append((by_people, by_judge))
            clusters.append(one.sample.id)
    people, judge = np.array(scores, dtype=np.float64).reshape(-1, 2).T
    passed = people >= pass_at
    return TotalCalibration(
        n=len(scores),
        pass_at=pass_at,
        passed=int(passed.sum()),
        difference=difference_estimate(np.abs(judge - people), clusters, seed=seed),
        bias=difference_estimate(judge - people, clusters, seed=seed),
        correlation=correlation_estimate(people, judge, clusters, seed=seed),
        auroc=auroc_estimate(passed, judge, clusters, seed=seed),
    )


def outcome_of(kappa: Estimate, bar: float) -> Outcome:
    """Whether a kappa with these bounds reaches the bar: see `Bar`."""
    if kappa.low is None or kappa.high is None:
        return "too few to say"
    if kappa.high < bar:
        return "not met"
    return "met" if kappa.low >= bar and kappa.n >= ENOUGH else "too few to say"
