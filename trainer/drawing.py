"""Completions drawn and scored in memory, for what is looked at and not kept: the preflight, and choosing a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rewardkit.evaluating.answers import Answer, ItemScorer, score_answers
from rewardkit.evaluating.loop import Plan, planned, whole_groups
from rewardkit.evaluating.models import Model, prompt_of
from rewardkit.grader import Grader
from rewardkit.runs import Result
from rewardkit.samples import Sample

from .plans import share_of
from .ranks import Ranks


@dataclass(frozen=True, slots=True)
class Drawn:
    """The scored completions of a plan, sample by sample, and the share of them that was cut off."""

    results: tuple[Result, ...]
    truncated: float

    def solved(self, bar: float) -> float:
        """Share of the scored completions at or above `bar`; 0 when none is scored."""
        values = [result.value for result in self.results if result.value is not None]
        return sum(value >= bar for value in values) / len(values) if values else 0.0

    def mean(self, grader: Grader) -> float | None:
        """The mean of what that grader scored; None when it scored nothing."""
        values = [r.value for r in self.results if r.grader == grader.name and r.value is not None]
        return sum(values) / len(values) if values else None


def draw(
    model: Model,
    samples: Sequence[Sample],
    grader: Grader,
    plan: Plan,
    scorer: ItemScorer,
    ranks: Ranks,
    *,
    beside: Sequence[Grader] = (),
) -> Drawn:
    """What `evaluate` would do, without a run folder. Each process draws its share, and all have the whole; graders `beside` score the same."""
    graders = [grader, *beside]
    plan = whole_groups(plan, graders)
    drawn = ranks.collect(lambda: _share(model, share_of(samples, plan, ranks), graders, plan, scorer))
    results = tuple(result for share, _ in drawn for result in share)
    return Drawn(results, sum(cut for _, cut in drawn) / (len(samples) * plan.repeats))


def _share(
    model: Model, samples: Sequence[Sample], graders: Sequence[Grader], plan: Plan, scorer: ItemScorer
) -> tuple[list[Result], int]:
    """The scored completions, and how many were cut off."""
    results: list[Result] = []
    cut = 0
    for batch in planned(samples, plan):
        prompts = [prompt_of(unit.sample, system=plan.system) for unit in batch]
        made = model.generate(prompts, plan.sampling, [unit.seed for unit in batch])
        cut += sum(one.finish == "length" for one in made)
        answers = [
            Answer(unit.sample, unit.repeat, one.text, unit.seed, plan.repeats)
            for unit, one in zip(batch, made, strict=True)
        ]
        results += score_answers(answers, graders, scorer, stage=plan.stage, decoding=plan.sampling.decoding)
    return results, cut
