"""How often raters who judged the same thing say the same: plain shares, which do not allow for agreement by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .desk import Desk
from .saved import TIE, Label


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one question: in how many of the pairs of raters on an item both said the same. `by_raters` has the counts of each two raters."""

    question: str
    same: int
    pairs: int
    items: int
    by_raters: Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which raters differ: the question and what each of them said."""

    number: int
    question: str
    said: Mapping[str, str]


def agreements(desk: Desk) -> list[Agreement]:
    """The agreement on each criterion, or on which completion is better."""
    return [_agreement(desk, question) for question in _questions(desk)]


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
    return Counter(
        label.preferred for item in desk.items for label in desk.labels.of(item).values() if label.preferred
    )


def _questions(desk: Desk) -> Sequence[str]:
    return [""] if desk.compare else [criterion.id for criterion in desk.rubric.criteria]


def _said(desk: Desk, question: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of each item with what its raters answered."""
    for number, item in enumerate(desk.items, 1):
        labels = {rater: desk.label(item, rater) for rater in desk.labels.of(item)}
        answers = {rater: _answer(label, question) for rater, label in labels.items()}
        yield number, {rater: answer for rater, answer in answers.items() if answer}


def _answer(label: Label, question: str) -> str:
    """The verdict, or which completion is preferred in the order of the item: the same word for the same text."""
    if question:
        return label.verdicts.get(question, "")
    return {"a": "the first", "b": "the second", TIE: TIE, "": ""}[label.preferred]


def _agreement(desk: Desk, question: str) -> Agreement:
    both: Counter[tuple[str, str]] = Counter()
    same: Counter[tuple[str, str]] = Counter()
    items = 0
    for _, said in _said(desk, question):
        items += len(said) > 1
        for two in combinations(sorted(said), 2):
            both[two] += 1
            same[two] += said[two[0]] == said[two[1]]
    by_raters = {two: (same[two], both[two]) for two in sorted(both)}
    return Agreement(question, same.total(), both.total(), items, by_raters)
