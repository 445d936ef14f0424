"""Answers: completions with the sample they belong to, scored by any number of graders into lines of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from rewardkit.runs.records import Decoding, Fault, Result, ResultKey, fault_of, result_of

from ..grader import Grader
from ..samples import Sample
from ..scores import Score
from ..scoring import Item, item_of
from ..scoring.scorer import OnScore

OnProgress: TypeAlias = Callable[[int, int], None]  # how many are done, how many there will be

_T = TypeVar("_T")


class ItemScorer(Protocol):
    """Whatever scores items as a `Scorer` does."""

    def score(self, grader: Grader, items: Sequence[Item], *, on_score: OnScore | None = None) -> list[Score]:
        """One score per item, in order."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The `repeat`-th completion of a sample; `seed` is for graders that ask for one.

    `members` says how many completions the sample has in all (0: not known). Graders of groups need all of them in one call.
    """

    sample: Sample
    repeat: int
    completion: str
    seed: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A line of results, and one of faults where the grader printed something before it failed."""

    result: Result
    fault: Fault | None


def score_answers(
    answers: Sequence[Answer],
    graders: Sequence[Grader],
    scorer: ItemScorer,
    *,
    stage: str,
    decoding: Decoding,
    done: Collection[ResultKey] = frozenset(),
    on_score: Callable[[Score], None] | None = None,
) -> list[Result]:
    """One result per answer and grader, answer by answer; pairs whose key is in `done` are left out.

    A grader of groups sees all completions of a sample again when one of them is lacking, and none of a sample of which not all
    `members` are among the answers.
    """
    scored = score_all(answers, graders, scorer, stage=stage, decoding=decoding, done=done, on_score=on_score)
    return [each.result for each in scored]


def score_all(
    answers: Sequence[Answer],
    graders: Sequence[Grader],
    scorer: ItemScorer,
    *,
    stage: str,
    decoding: Decoding,
    done: Collection[ResultKey] = frozenset(),
    on_score: Callable[[Score], None] | None = None,
) -> list[Scored]:
    """What `score_answers` does, with what a run keeps of faults."""
    scored: dict[tuple[int, str], Scored] = {}
    hear = None if on_score is None else (lambda _, score: on_score(score))
    for grader in graders:
        keys = [key_of(answer.sample, answer.repeat, grader, stage, decoding) for answer in answers]
        lacking = [index for index, key in enumerate(keys) if key not in done]
        todo = _whole_groups(answers, lacking) if grader.in_groups else lacking
        items = [
            item_of(answer.sample, answer.completion, seed=answer.seed, members=answer.members)
            for answer in (answers[index] for index in todo)
        ]
        for index, score in zip(todo, scorer.score(grader, items, on_score=hear), strict=True):
            if keys[index] not in done:
                result = result_of(score, **keys[index]._asdict(), completion=answers[index].completion)
                scored[index, grader.name] = Scored(result, fault_of(score, keys[index]))
    pairs = ((index, grader.name) for index in range(len(answers)) for grader in graders)
    return [scored[pair] for pair in pairs if pair in scored]


def key_of(sample: Sample, repeat: int, grader: Grader, stage: str, decoding: Decoding) -> ResultKey:
    """The key under which a run folder keeps that result."""
    return ResultKey(stage, decoding, sample.id, repeat, grader.name, grader.fingerprint)


def batches(elements: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The elements in order, `size` at a time; the last batch may be smaller."""
    for start in range(0, len(elements), size):
        yield elements[start : start + size]


def _whole_groups(answers: Sequence[Answer], lacking: Sequence[int]) -> list[int]:
    """The places of all answers to the samples of those that are lacking, where all members are here."""
    here = Counter(answer.sample.id for answer in answers)
    wanted = {answers[index].sample.id for index in lacking}
    return [
        index
        for index, answer in enumerate(answers)
        if answer.sample.id in wanted and here[answer.sample.id] >= answer.members
    ]
