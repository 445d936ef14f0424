"""How often raters who judged the same thing say the same, and how much of that is more than chance (judging/agreement.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...evaluating.statistics.bootstrap import Estimate
from ..agreement import cohen_kappa
from ..measures import alpha_estimate
from .desk import Answer, Desk

_BETTER = {"a": "the first", "tie": "tie", "b": "the second", "": ""}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two raters: in how many of the `both` items that they judged they said the `same`, and Cohen's kappa (None where it is undefined)."""

    same: int
    both: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one question: in how many of the pairs of raters on an item both said the same, and Krippendorff's alpha of all raters.

    `by_raters` has each two raters; `items` counts what two or more judged.
    """

    question: str
    same: int
    pairs: int
    items: int
    alpha: Estimate
    by_raters: Mapping[tuple[str, str], Pair]


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which raters differ: the question and what each of them said."""

    number: int
    question: str
    said: Mapping[str, str]


def agreements(desk: Desk) -> list[Agreement]:
    """The agreement on each criterion, or on which completion is better."""
    return [_agreement(desk, question, verdicts) for question, verdicts in _questions(desk).items()]


def differences(desk: Desk, rater: str) -> list[Difference]:
    """Where raters differ, of the items that this rater is done with: nobody sees an answer before giving one."""
    return [
        Difference(number, question, said)
        for question in _questions(desk)
        for number, said in _said(desk, question)
        if len(set(said.values())) > 1 and desk.is_done(desk.items[number - 1], rater)
    ]


def sides(desk: Desk) -> Counter[str]:
    """How often the left one was preferred (`a`), the right one (`b`) and neither (`tie`): far from even, sides may matter."""
    labels = (
        label for item in desk.items for label in desk.labels.of(item.sample, item.completions).values()
    )
    return Counter(side for label in labels if (side := getattr(label, "preferred", "")))


def _questions(desk: Desk) -> dict[str, Sequence[str]]:
    """Each question with the answers there are, in their order."""
    if desk.compare:
        return {"": [each for each in _BETTER.values() if each]}
    return {criterion.id: criterion.verdicts for criterion in desk.rubric.criteria}


def _said(desk: Desk, question: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of each item with what its raters answered."""
    for number, item in enumerate(desk.items, 1):
        answers = {rater: _said_in(answer, question) for rater, answer in desk.answers(item).items()}
        yield number, {rater: answer for rater, answer in answers.items() if answer}


def _said_in(answer: Answer, question: str) -> str:
    """The verdict, or which completion is preferred in the order of the item: the same word for the same text."""
    return answer.verdicts.get(question, "") if question else _BETTER[answer.preferred]


def _agreement(desk: Desk, question: str, verdicts: Sequence[str]) -> Agreement:
    """With more than two verdicts in an order, one that is near counts for more; which of two is better has none."""
    ordered = len(verdicts) > 2 and bool(question)
    both: dict[tuple[str, str], list[tuple[int, int]]] = {}
    counts, clusters = [], []
    for number, said in _said(desk, question):
        places = {rater: verdicts.index(answer) for rater, answer in said.items()}
        if len(places) > 1:
            counts.append(np.bincount(list(places.values()), minlength=len(verdicts)))
            clusters.append(desk.items[number - 1].sample.id)
        for two in combinations(sorted(places), 2):
            both.setdefault(two, []).append((places[two[0]], places[two[1]]))
    alpha = alpha_estimate(
        np.array(counts, dtype=np.int_).reshape(-1, len(verdicts)),
        clusters,
        level="ordinal" if ordered else "nominal",
    )
    by_raters = {two: _pair(both[two], ordered) for two in sorted(both)}
    same = sum(pair.same for pair in by_raters.values())
    return Agreement(question, same, sum(map(len, both.values())), len(counts), alpha, by_raters)


def _pair(answers: Sequence[tuple[int, int]], ordered: bool) -> Pair:
    one, other = zip(*answers, strict=True)
    kappa = cohen_kappa(one, other, weights="quadratic" if ordered else "none")
    return Pair(sum(a == b for a, b in answers), len(answers), kappa)
