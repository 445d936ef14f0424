"""Labels and a judge's verdicts brought together: for every labelled completion, what people and what the judge say of each criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..samples import Sample
from .criteria import Criterion, total
from .labels import VerdictLabel

Key: TypeAlias = tuple[str, str]
"""A completion of a sample: (sample id, completion)."""

Judged: TypeAlias = Mapping[Key, Sequence[Mapping[str, str]]]
"""The judge's verdicts, criterion id -> verdict, on completions: one mapping for each time that it was asked."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A labelled completion. `ratings`: criterion id -> rater -> verdict; `repeats`: criterion id -> the judge's verdicts.

    `people` and `judge` hold what each side says as one, where it says something: the most common verdict of the raters, the middle
    verdict of the judge's repeats. A tie of either is no verdict.
    """

    sample: Sample
    completion: str
    ratings: Mapping[str, Mapping[str, str]]
    repeats: Mapping[str, Sequence[str]]
    people: Mapping[str, str]
    judge: Mapping[str, str]
    notes: Mapping[str, str]

    def confidence(self, criterion: str) -> float:
        """How sure the people are of their verdict, 0 to 1: (those for it + 1) / (all + 2), so that five of five say more than one of one."""
        given = self.ratings[criterion]
        return (sum(verdict == self.people[criterion] for verdict in given.values()) + 1) / (len(given) + 2)


def pool(criteria: Sequence[Criterion], labels: Iterable[VerdictLabel], judged: Judged) -> list[Pooled]:
    """Every completion with at least one verdict of a person, in the order of the labels.

    ValueError for a verdict of the judge, or of a label that was not read from a file, that the criterion does not allow.
    """
    by_completion: dict[Key, list[VerdictLabel]] = {}
    for label in labels:
        if label.verdicts:
            by_completion.setdefault((label.sample.id, label.completion), []).append(label)
    return [_pooled(criteria, given, judged.get(key, ())) for key, given in by_completion.items()]


def total_or_none(criteria: Sequence[Criterion], verdicts: Mapping[str, str]) -> float | None:
    """The score by these verdicts, 0 to 1; None when one is missing."""
    if any(criterion.id not in verdicts for criterion in criteria):
        return None
    return total(criteria, verdicts)


def most_common(verdicts: Iterable[str]) -> str | None:
    """The verdict given most often; None without any, and when two are given equally often."""
    first = Counter(verdicts).most_common(2)
    if not first or (len(first) == 2 and first[0][1] == first[1][1]):
        return None
    return first[0][0]


def middle(criterion: Criterion, verdicts: Iterable[str]) -> str | None:
    """The middle one of the verdicts in their order; None without any, and when there are two in the middle that differ."""
    ranks = sorted(criterion.verdicts.index(verdict) for verdict in verdicts)
    if not ranks or ranks[(len(ranks) - 1) // 2] != ranks[len(ranks) // 2]:
        return None
    return criterion.verdicts[ranks[len(ranks) // 2]]


def _pooled(
    criteria: Sequence[Criterion], labels: Sequence[VerdictLabel], answers: Sequence[Mapping[str, str]]
) -> Pooled:
    ratings: dict[str, dict[str, str]] = {}
    repeats: dict[str, list[str]] = {}
    for criterion in criteria:
        name = criterion.id
        ratings[name] = {label.rater: label.verdicts[name] for label in labels if name in label.verdicts}
        repeats[name] = [answer[name] for answer in answers if name in answer]
        for verdict in (*ratings[name].values(), *repeats[name]):
            criterion.share(verdict)  # ValueError for one that is not allowed
    people = {name: most_common(given.values()) for name, given in ratings.items()}
    judge = {criterion.id: middle(criterion, repeats[criterion.id]) for criterion in criteria}
    return Pooled(
        labels[0].sample,
        labels[0].completion,
        ratings,
        repeats,
        {name: verdict for name, verdict in people.items() if verdict is not None},
        {name: verdict for name, verdict in judge.items() if verdict is not None},
        {label.rater: label.note for label in labels if label.note},
    )
