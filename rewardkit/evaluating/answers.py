"""Answers: completions with the sample they belong to, scored by any number of graders into lines of results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from rewardkit.runs.records import Decoding, Result, ResultKey, result_of

from ..grader import Grader
from ..samples import Sample
from ..scores import Score
from ..scoring import Scorer, item_of

OnProgress: TypeAlias = Callable[[int, int], None]  # how many are done, how many there will be

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer:
    """The `repeat`-th completion of a sample; `seed` is for graders that ask for one."""

    sample: Sample
    repeat: int
    completion: str
    seed: int = 0


def score_answers(
    answers: Sequence[Answer],
    graders: Sequence[Grader],
    scorer: Scorer,
    *,
    stage: str,
    decoding: Decoding,
    done: Collection[ResultKey] = frozenset(),
    on_score: Callable[[Score], None] | None = None,
) -> list[Result]:
    """One result per answer and grader, answer by answer; pairs whose key is in `done` are left out."""
    scored: dict[tuple[int, str], Result] = {}
    hear = None if on_score is None else (lambda _, score: on_score(score))
    for grader in graders:
        todo = [
            index
            for index, answer in enumerate(answers)
            if key_of(answer.sample, answer.repeat, grader, stage, decoding) not in done
        ]
        items = [item_of(answers[i].sample, answers[i].completion, seed=answers[i].seed) for i in todo]
        for index, score in zip(todo, scorer.score(grader, items, on_score=hear), strict=True):
            answer = answers[index]
            scored[index, grader.name] = result_of(
                score,
                stage=stage,
                decoding=decoding,
                sample=answer.sample.id,
                repeat=answer.repeat,
                grader=grader.name,
                fingerprint=grader.fingerprint,
                completion=answer.completion,
            )
    pairs = ((index, grader.name) for index in range(len(answers)) for grader in graders)
    return [scored[pair] for pair in pairs if pair in scored]


def key_of(sample: Sample, repeat: int, grader: Grader, stage: str, decoding: Decoding) -> ResultKey:
    """The key under which a run folder keeps that result."""
    return ResultKey(stage, decoding, sample.id, repeat, grader.name, grader.fingerprint)


def batches(elements: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The elements in order, `size` at a time; the last batch may be smaller."""
    for start in range(0, len(elements), size):
        yield elements[start : start + size]
