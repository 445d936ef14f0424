"""Control experiments: the same training with another reward, to show that a gain is due to the grader.

    rewardkit train run.toml                                   # runs/demo
    rewardkit train run.toml --control shuffled-reference      # runs/demo-control-shuffled-reference
    rewardkit compare runs/demo-control-shuffled-reference runs/demo

A control turns the grader's scores of a generation into other scores, and only the optimiser sees those. What is logged, looked at and evaluated stays
the grader's own. Which kinds there are:

- random: the grader's own scores of each generation, dealt out anew to its completions. They are spread as the true ones are, so steps are as
  large, and say nothing of the completion they fall on.
- format: what the form of an answer alone deserves. A ladder's first level earns full marks; for other graders an answer that can be read as
  the kind of answer that was declared (`answer=`), or at least says something.
- shuffled-reference: the grader's scores against the reference of another sample. No sample keeps its own; some may get an equal one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from rewardkit.errors import ConfigError
from rewardkit.grader import BUILT_IN, Grader
from rewardkit.graders.answers import bare, without_thinking
from rewardkit.graders.json_reading import NotAnObject, read_object
from rewardkit.graders.number_reading import numbers_in
from rewardkit.samples import Sample
from rewardkit.scores import Score
from rewardkit.scoring import Item, Scorer
from rewardkit.scoring.items import seed_of

from ..settings.config import RunFile

ControlKind: TypeAlias = Literal["random", "format", "shuffled-reference"]

Control: TypeAlias = Callable[[Sequence[Score], Sequence[Item]], Sequence[Score]]
"""The scores of one process's share of a generation, and its completions, to the scores that the optimiser is given instead."""

_QUERY = re.compile(r"^[\s(]*(?:select|with)\b", re.IGNORECASE | re.MULTILINE)
_DRAWS = 100  # derangements that are tried; one in three permutations is one


def control_of(
    kind: ControlKind, grader: Grader, samples: Sequence[Sample], *, seed: int, scorer: Scorer
) -> Control:
    """The control of a training on these samples; ConfigError where it cannot show anything (see `dealt_references`)."""
    if kind == "random":
        return lambda scores, items: dealt(scores, items)
    if kind == "format":
        return lambda scores, items: [in_form(grader, *one) for one in zip(scores, items, strict=True)]
    others, names = dealt_references(grader, samples, seed), reference_columns(grader)

    def shuffled(scores: Sequence[Score], items: Sequence[Item]) -> Sequence[Score]:
        return scorer.score(grader, [_with(item, names, others[item.columns["id"]]) for item in items])

    return shuffled


def control_of_run(run: RunFile, grader: Grader, samples: Sequence[Sample], scorer: Scorer) -> Control | None:
    """The control that the run is to be; None for a true run."""
    kind, seed = run.config.control, run.config.seed
    return None if kind is None else control_of(kind, grader, samples, seed=seed, scorer=scorer)


def dealt(scores: Sequence[Score], items: Sequence[Item]) -> list[Score]:
    """The same scores in an order drawn by the seeds of the completions; what is unscored stays where it is."""
    places = [place for place, score in enumerate(scores) if score.scored]
    hands = [scores[place] for place in places]
    random.Random(seed_of("dealt", *(item.seed for item in items))).shuffle(hands)
    result = list(scores)
    for place, hand in zip(places, hands, strict=True):
        result[place] = hand
    return result


def in_form(grader: Grader, score: Score, item: Item) -> Score:
    """The score of an answer of which only the form counts, within the grader's range; unscored where the grader could not decide."""
    if not score.scored:
        return score
    if grader.levels:
        share = score.components[0].value or 0.0
    else:
        share = float(_has_form(item.completion, grader.options.answer))
    low, high = grader.options.range
    return Score(low + share * (high - low))


def dealt_references(grader: Grader, samples: Sequence[Sample], seed: int) -> dict[str, Mapping[str, Any]]:
    """By sample id the reference columns of another sample, all of one other sample together; drawn by the seed of the run.

    ConfigError when the grader uses no reference, or when fewer than two samples differ in theirs.
    """
    names = reference_columns(grader)
    if grader.options.reference_free or not names:
        raise ConfigError(
            f"--control shuffled-reference: {grader} uses no reference, so it would give the same scores as without it; "
            "use --control random or format"
        )
    kept = [_of(sample, names) for sample in samples]
    marks = [repr(columns) for columns in kept]
    if len(set(marks)) < 2:
        raise ConfigError(
            f"--control shuffled-reference: all {len(samples)} training samples have the same {', '.join(names)}, so there is nothing to "
            "shuffle; use --control random or format"
        )
    order = _derangement(marks, seed)
    return {sample.id: kept[other] for sample, other in zip(samples, order, strict=True)}


def changed(grader: Grader, samples: Sequence[Sample], seed: int) -> int:
    """How many samples get a reference that is not equal to their own."""
    others, names = dealt_references(grader, samples, seed), reference_columns(grader)
    return sum(repr(_of(sample, names)) != repr(others[sample.id]) for sample in samples)


def reference_columns(grader: Grader) -> list[str]:
    """The columns that a grader compares an answer with: those it asks for by name and, where it takes the whole sample, its `reference_in`."""
    named = {name for name in grader.wants if name not in BUILT_IN}
    return sorted(named.union(*(one.reference_in for one in _with_parts(grader))))


def _with_parts(grader: Grader) -> Iterator[Grader]:
    yield grader
    for part, _ in grader.parts:
        yield from _with_parts(part)


def _derangement(marks: Sequence[str], seed: int) -> list[int]:
    """Of permutations that leave nothing in its place, drawn by the seed, the first after which most things that can differ do."""
    draw = random.Random(seed_of(seed, "shuffled-reference"))
    order, best, most = list(range(len(marks))), list[int](), 0
    most_common = max(marks.count(mark) for mark in set(marks))
    enough = min(len(marks), 2 * (len(marks) - most_common)) / 2
    for _ in range(_DRAWS):
        while any(place == other for place, other in enumerate(order)):
            draw.shuffle(order)
        differ = sum(marks[place] != marks[other] for place, other in enumerate(order))
        if differ > most:
            best, most = list(order), differ
        if differ >= enough:
            break
        draw.shuffle(order)
    return best


def _of(sample: Sample, names: Sequence[str]) -> dict[str, Any]:
    return {name: sample.columns[name] for name in names if name in sample.columns}


def _with(item: Item, names: Sequence[str], columns: Mapping[str, Any]) -> Item:
    kept = {name: value for name, value in item.columns.items() if name not in names}
    return replace(item, columns={**kept, **columns})


def _has_form(completion: str, answer: str | None) -> bool:
    """Whether there is an answer of the declared kind in it, right or wrong; of other kinds, whether it says anything."""
    text = without_thinking(completion)
    if answer == "number":
        return bool(numbers_in(text))
    if answer == "sql":
        return bool(_QUERY.search(text))
    if answer == "json":
        try:
            read_object(text)
        except NotAnObject:
            return False
        return True
    return bool(bare(text))
