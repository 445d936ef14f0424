"""The completions on which people and the judge differ most, worst first, with all that is needed to see who is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, TypeAlias

from .criteria import Criterion
from .pooling import Key, Pooled, total_or_none

Reasons: TypeAlias = Mapping[Key, Mapping[str, str]]
"""Why the judge gave its verdicts: of each completion, criterion id -> reason."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One completion on which the two sides differ.

    `verdicts`: criterion id -> (people's, judge's), those that differ; `ratings`: what each rater said of them; `reasons`: the judge's, where
    they are known. `people_total` and `judge_total` are scores, 0 to 1, None where a criterion has no verdict. `confidence`: how sure the
    people are of the verdicts that differ, 0 to 1. `notes`: rater -> note.
    """

    sample: str
    where: str
    prompt: str
    completion: str
    verdicts: Mapping[str, tuple[str, str]]
    ratings: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, str]
    people_total: float | None
    judge_total: float | None
    confidence: float
    notes: Mapping[str, str]

    @property
    def difference(self) -> float | None:
        """How far apart the totals are, 0 to 1; None where one of them is missing."""
        if self.people_total is None or self.judge_total is None:
            return None
        return abs(self.people_total - self.judge_total)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "sample": self.sample,
            "where": self.where,
            "prompt": self.prompt,
            "completion": self.completion,
            "verdicts": {
                name: {
                    "people": people,
                    "judge": judge,
                    "ratings": dict(self.ratings[name]),
                    "reason": self.reasons.get(name, ""),
                }
                for name, (people, judge) in self.verdicts.items()
            },
            "people_total": self.people_total,
            "judge_total": self.judge_total,
            "confidence": self.confidence,
            "notes": dict(self.notes),
        }


def worst(
    criteria: Sequence[Criterion], pooled: Iterable[Pooled], most: int, reasons: Reasons
) -> tuple[Disagreement, ...]:
    """At most `most` disagreements: by the difference of the totals, then the points in dispute, then the people's confidence."""
    found = [
        (_order(criteria, each), each)
        for each in (_compared(criteria, one, reasons) for one in pooled)
        if each.verdicts
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(each for _, each in found[:most])


def _compared(criteria: Sequence[Criterion], one: Pooled, reasons: Reasons) -> Disagreement:
    differing = {
        name: (verdict, one.judge[name])
        for name, verdict in one.people.items()
        if name in one.judge and one.judge[name] != verdict
    }
    said = reasons.get((one.sample.id, one.completion), {})
    return Disagreement(
        one.sample.id,
        one.sample.where,
        one.sample.prompt,
        one.completion,
        differing,
        {name: one.ratings[name] for name in differing},
        {name: reason for name, reason in said.items() if name in differing and reason},
        total_or_none(criteria, one.people),
        total_or_none(criteria, one.judge),
        fmean(one.confidence(name) for name in differing) if differing else 0.0,
        one.notes,
    )


def _order(criteria: Iterable[Criterion], each: Disagreement) -> tuple[float, float, float]:
    by_id = {criterion.id: criterion for criterion in criteria}
    disputed = sum(
        abs(by_id[name].points * (by_id[name].share(people) - by_id[name].share(judge)))
        for name, (people, judge) in each.verdicts.items()
    )
    return (each.difference or 0.0, disputed, each.confidence)
