"""What the best constant answer earns: one text given to every prompt, whatever was asked. A model must beat it to have learnt anything.

    baselines(some_samples(samples, seed), results, graders, scorer)

Tried are the three most frequent references, the three most frequent completions that could be scored, and the empty text, on at most 200
prompts drawn by the seed of the run, ten prompts at a time until 15 seconds are over for a grader. Left out are graders that ask a judge
(it would cost) and those of groups (a constant group says nothing).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import Any

from rewardkit.runs import BaselineRow, Result

from ..grader import Grader
from ..samples import Sample
from ..scoring import Scorer, item_of
from ..scoring.items import seed_of
from .answers import batches

PROMPTS = 200
SECONDS = 15.0  # for a grader; what is done by then is what counts
EACH = 3  # references, and completions
WITHHELD = "(a text that is not kept)"
"""What a run without texts has in place of the answer."""

_AT_A_TIME = 10


class SomeSamples:
    """At most 200 of the samples that stream by, each once: those that the seed puts first, in whatever order they come."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chosen: dict[int, Sample] = {}
        self._last = 2**31

    def add(self, sample: Sample) -> None:
        """Look at a sample."""
        place = seed_of(self._seed, "baseline", sample.id)
        if place < self._last and place not in self._chosen:
            self._chosen[place] = sample
            if len(self._chosen) > PROMPTS:
                del self._chosen[max(self._chosen)]
                self._last = max(self._chosen)

    def chosen(self) -> list[Sample]:
        """Those that stand first so far; none where no sample came by."""
        return [self._chosen[place] for place in sorted(self._chosen)]


def some_samples(samples: Iterable[Sample], seed: int) -> list[Sample]:
    """At most 200 of the samples, as `SomeSamples` chooses them."""
    some = SomeSamples(seed)
    for sample in samples:
        some.add(sample)
    return some.chosen()


def can_be_tried(graders: Iterable[Grader]) -> list[Grader]:
    """The graders that say something of a constant answer and cost nothing."""
    return [grader for grader in graders if not (grader.asks_a_judge or grader.in_groups)]


def baselines(
    samples: Sequence[Sample],
    results: Iterable[Result],
    graders: Sequence[Grader],
    scorer: Scorer,
    *,
    seed: int = 0,
    texts: bool = True,
) -> tuple[BaselineRow, ...]:
    """For each grader that can be tried, what the best constant answer earns over these samples.

    `solved` and `score` are each the highest of all answers that were scored on half of the prompts at least; `answer` is the one that solves most, of equals the one with the
    higher score: an answer that is partly right everywhere must not hide one that is wholly right for many.
    `results` are those of the run, of which the completions to these samples are looked at. Without `texts` the answer itself is withheld.
    """
    tried = can_be_tried(graders)
    answers = candidates(samples, results) if tried and samples else []
    rows = (_best(answers, samples, grader, scorer, seed) for grader in tried if answers)
    found = [row for row in rows if row is not None]
    return tuple(row if texts else row.model_copy(update={"answer": WITHHELD}) for row in found)


def candidates(samples: Sequence[Sample], results: Iterable[Result]) -> list[str]:
    """The texts to try, each once: references, completions, and nothing at all."""
    references = Counter(text for sample in samples for text in _texts(sample.reference))
    ids = {sample.id for sample in samples}
    completions = Counter(
        result.completion for result in results if result.sample in ids and result.cause is None
    )
    frequent = [text for counter in (references, completions) for text, _ in counter.most_common(EACH)]
    return list(dict.fromkeys([*frequent, ""]))


def _best(
    answers: Sequence[str], samples: Sequence[Sample], grader: Grader, scorer: Scorer, seed: int
) -> BaselineRow | None:
    """None when no constant answer could be scored at all."""
    found: dict[str, list[float]] = {answer: [] for answer in answers}
    for answer, value in _values(answers, samples, grader, scorer, seed):
        found[answer].append(value)
    most = max(map(len, found.values()))
    if not most:
        return None
    bar = grader.options.solved_at
    # One that was scored on a few prompts only would be the best by luck.
    earned = {
        answer: (fmean(value >= bar for value in values), fmean(values))
        for answer, values in found.items()
        if 2 * len(values) >= most
    }
    best = max(earned, key=earned.__getitem__)
    return BaselineRow(
        grader=grader.name,
        answer=best,
        score=max(score for _, score in earned.values()),
        solved=earned[best][0],
        prompts=len(found[best]),
    )


def _values(
    answers: Sequence[str], samples: Sequence[Sample], grader: Grader, scorer: Scorer, seed: int
) -> Iterator[tuple[str, float]]:
    """Each answer with what it earned from a sample; all answers are tried on the same samples."""
    began = time.monotonic()
    for some in batches(samples, _AT_A_TIME):
        items = [
            item_of(sample, answer, seed=seed_of(seed, sample.id, 0)) for answer in answers for sample in some
        ]
        for item, score in zip(items, scorer.score(grader, items), strict=True):
            if score.value is not None:
                yield item.completion, score.value
        if time.monotonic() - began > SECONDS:
            return


def _texts(reference: Any) -> list[str]:
    """A reference as a model would write it, and each of a list of them; nothing where there is none."""
    if reference is None:
        return []
    if isinstance(reference, str):
        return [reference]
    whole = json.dumps(reference, ensure_ascii=False, default=str)
    return (
        [whole, *(each for each in reference if isinstance(each, str))]
        if isinstance(reference, list)
        else [whole]
    )
