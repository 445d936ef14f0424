"""The scores of a policy's completions: those that a run has, where the grader is still the same, and fresh ones for the rest."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ...errors import DataError
from ...grader import Grader
from ...samples import Sample
from ...scores import Score
from ...scoring import Item, Scorer, item_of
from ...scoring.items import seed_of
from ..known_rows import KnownRow, data_row, known_rows
from .reading import Completion

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """A completion with the row that it answers and its score. `stored`: the score is one that a run has kept."""

    row: KnownRow
    completion: Completion
    score: Score
    stored: bool = False

    @property
    def text(self) -> str:
        """The completion itself."""
        return self.completion.text

    @property
    def value(self) -> float | None:
        """The score's value, None where it is unscored."""
        return self.score.value


def grade(
    scorer: Scorer,
    grader: Grader,
    completions: Sequence[Completion],
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> list[Graded]:
    """Every completion with its score, in order. GraderError when a sample lacks a column that the grader asks for."""
    rows = rows_of_samples(grader, {one.sample.id: one.sample for one in completions})
    stored = [one.score_by(grader) for one in completions]
    if grader.in_groups and None in stored:
        stored = [None] * len(completions)  # a group is graded as a whole or not at all
    lacking = [place for place, score in enumerate(stored) if score is None]
    fresh = score_with(
        scorer, grader, [completions[place] for place in lacking], seed=seed, on_progress=on_progress
    )
    scores = dict(zip(lacking, fresh, strict=True))
    return [
        Graded(rows[one.sample.id], one, scores[place] if known is None else known, known is not None)
        for place, (one, known) in enumerate(zip(completions, stored, strict=True))
    ]


def ungraded(grader: Grader, completions: Sequence[Completion]) -> list[Graded]:
    """The completions with their rows and no score, for who only needs to know what could be tried on them."""
    rows = rows_of_samples(grader, {one.sample.id: one.sample for one in completions})
    unknown = Score.unscored("not_applicable", "it was not graded")
    return [Graded(rows[one.sample.id], one, unknown) for one in completions]


def score_with(
    scorer: Scorer,
    grader: Grader,
    completions: Sequence[Completion],
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> list[Score]:
    """What a grader gives now, in order; a grader of groups sees the completions of one prompt and stage together."""
    members = Counter(one.group for one in completions)
    nth: Counter[str] = Counter()
    items: list[Item] = []
    for one in completions:
        drawn = one.seed or seed_of(seed, one.sample.id, nth[one.group])
        nth[one.group] += 1
        item = item_of(one.sample, one.text, seed=drawn, members=members[one.group])
        items.append(replace(item, group=one.group))
    done = 0

    def heard(_: int, __: Score) -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, len(items))

    return scorer.score(grader, items, on_score=heard)


def rows_of_samples(grader: Grader, samples: Mapping[str, Sample]) -> dict[str, KnownRow]:
    """The rows of samples by their ids, with the right answers that their `gold` column holds."""
    rows = known_rows(grader, [_with_golds(sample) for sample in samples.values()])
    return {row.id: row for row in rows if row.from_data}


def rows_of(graded: Sequence[Graded]) -> list[KnownRow]:
    """The rows that the completions answer, each once."""
    return list(dict.fromkeys(one.row for one in graded))


def by_prompt(graded: Sequence[Graded]) -> dict[str, list[Graded]]:
    """The scored completions of each sample."""
    found: dict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        if one.value is not None:
            found[one.row.id].append(one)
    return found


def some_prompts(completions: Sequence[Completion], most: int, seed: int) -> list[Completion]:
    """All completions of at most so many samples, drawn by the seed; in order."""
    samples = list(dict.fromkeys(one.sample.id for one in completions))
    if len(samples) <= most:
        return list(completions)
    drawn = {samples[place] for place in random.Random(seed).sample(range(len(samples)), most)}
    return [one for one in completions if one.sample.id in drawn]


def _with_golds(sample: Sample) -> tuple[Sample, tuple[str, ...], tuple[str, ...]]:
    try:
        return data_row(sample)
    except DataError:  # a `gold` that is no completion says nothing here
        return sample, (), ()
