"""How good the completions are, from a judge's verdicts on many and people's on few: estimates for evaluation, never for rewards.

    >>> corrected_share(met=520, judged=1000, found=45, people_met=50, cleared=40, people_unmet=50).value
    0.4571...

A judge that errs shifts every mean it reports, also with endless data. What people labelled tells by how much, and the estimate takes it
back; its interval holds the chance of both sets.

It corrects means, not verdicts: no completion's own score gets any truer by it. As a reward it would at best be the same order of
completions on another scale, and it would make the error of today's labels a constant of tomorrow's training, when the policy has moved
to where the judge errs otherwise. Hence nothing here takes or gives the score of one completion.

Both estimates suppose that the labelled completions are not among those judged and that the judge errs on both sets alike.

Sources: Lee et al., "How to Correctly Report LLM-as-a-Judge Evaluations" (arXiv 2511.21140), Lang & Reiczigel 2014 (its interval);
Angelopoulos et al., "Prediction-Powered Inference" (arXiv 2301.09633).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean
from typing import Any

from ..evaluating.statistics import CONFIDENCE, FEWEST, standard_error, t_quantile

LEAST_SKILL = 1.1
"""Sensitivity plus specificity up to which nothing is corrected: at 1 the judge knows nothing, and close to it the division blows up."""

_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the judge alone says (`raw`), the corrected value and its 95 % bounds; None with the reason in `refused`.

    The bounds are also None, and nothing is refused, under 10 labelled or judged completions, or where no score differs from another.
    """

    raw: float
    value: float | None
    low: float | None
    high: float | None
    refused: str = ""

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "raw": self.raw,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "refused": self.refused,
        }


def corrected_share(
    *, met: int, judged: int, found: int, people_met: int, cleared: int, people_unmet: int
) -> Corrected:
    """The share, 0 to 1, that people would find met: (p + q0 - 1) / (q0 + q1 - 1), cut to 0 and 1.

    Evaluation set: the judge found `met` of `judged` met, p = met / judged. Labelled set: it found `found` of the `people_met` met,
    q1 = found / people_met (sensitivity), and `cleared` of the `people_unmet` unmet, q0 = cleared / people_unmet (specificity).
    Refused without labels of both kinds, when q0 + q1 <= 1.1, and when no share from 0 to 1 goes with both sets. ValueError for counts that cannot be.
    """
    for part, whole in ((met, judged), (found, people_met), (cleared, people_unmet)):
        if not 0 <= part <= whole:
            raise ValueError(f"each count must be 0 to its whole; got {part} of {whole}")
    if not judged:
        raise ValueError("judged=0: there is nothing to estimate from")
    p = met / judged
    if not (people_met and people_unmet):
        lacking = "met" if not people_met else "unmet"
        return _refused(p, f"people found nothing {lacking}, so how often the judge misses it is unknown")
    q1, q0 = found / people_met, cleared / people_unmet
    if q0 + q1 <= LEAST_SKILL:
        return _refused(
            p,
            f"sensitivity {q1:.2f} and specificity {q0:.2f} add up to {q0 + q1:.2f}, and {LEAST_SKILL} or less says too little: 1 is a judge that guesses",
        )
    value = _within((p + q0 - 1) / (q0 + q1 - 1))
    if min(judged, people_met + people_unmet) < FEWEST:
        return Corrected(p, value, None, None)
    low, high = _adjusted_bounds(p, judged, q0, people_unmet, q1, people_met)
    if high < 0 or low > 1:
        errors = f"{1 - q0:.2f} of what is unmet" if high < 0 else f"{q1:.2f} of what is met"
        return _refused(
            p,
            f"the judge found {p:.2f} met, which its finding {errors} met on the labelled completions leaves no share for: it does not err alike on both sets",
        )
    # Exact at the ends, where the adjustment could leave the value itself outside.
    return Corrected(p, value, min(value, _within(low)), max(value, _within(high)))


def corrected_mean(
    judged: Sequence[float],
    labelled: Sequence[float],
    people: Sequence[float],
    *,
    clusters: Sequence[Hashable] | None = None,
    labelled_clusters: Sequence[Hashable] | None = None,
) -> Corrected:
    """The mean score that people would give (prediction-powered): mean(judged) + mean(people - labelled).

    judged: [n], the judge's scores of the evaluation set. labelled, people: [m], the judge's and the people's scores of the same labelled
    completions. clusters, labelled_clusters: which samples they belong to, where a sample has several. The bounds take the
    cluster-robust errors of both means and t with Welch's degrees of freedom. ValueError for empty lists or different lengths.
    """
    if len(labelled) != len(people):
        raise ValueError(
            f"labelled and people must be the same completions; got {len(labelled)} and {len(people)}"
        )
    if not (len(judged) and len(people)):
        raise ValueError("both sets need scores")
    differences = [human - judge for human, judge in zip(people, labelled, strict=True)]
    raw = fmean(judged)
    value = raw + fmean(differences)
    one, other = standard_error(judged, clusters), standard_error(differences, labelled_clusters)
    if one is None or other is None:
        return Corrected(raw, value, None, None)
    variance = one.size**2 + other.size**2
    if not variance:
        return Corrected(raw, value, None, None)
    freedom = variance**2 / (one.size**4 / one.freedom + other.size**4 / other.freedom)
    half = t_quantile(0.5 + CONFIDENCE / 2, freedom) * math.sqrt(variance)
    return Corrected(raw, value, value - half, value + half)


def _adjusted_bounds(p: float, n: int, q0: float, m0: int, q1: float, m1: int) -> tuple[float, float]:
    """Lang and Reiczigel's interval: every share is moved to the middle a little first, the centre is shifted by the skew that is left."""
    n_more, m0_more, m1_more = n + _Z**2, m0 + 2, m1 + 2
    p, q0, q1 = (n * p + _Z**2 / 2) / n_more, (m0 * q0 + 1) / m0_more, (m1 * q1 + 1) / m1_more
    skill = q0 + q1 - 1
    if skill <= 0:  # so few labels of one kind that any share is possible
        return 0.0, 1.0
    theta = (p + q0 - 1) / skill
    doubt_0, doubt_1 = q0 * (1 - q0) / m0_more, q1 * (1 - q1) / m1_more
    shift = 2 * _Z**2 * (theta * doubt_1 - (1 - theta) * doubt_0)
    error = math.sqrt(p * (1 - p) / n_more + (1 - theta) ** 2 * doubt_0 + theta**2 * doubt_1) / skill
    return theta + shift - _Z * error, theta + shift + _Z * error


def _refused(raw: float, reason: str) -> Corrected:
    return Corrected(raw, None, None, None, reason)


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
