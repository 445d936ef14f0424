"""The one reward function that GRPO is given: the scorer behind TRL's signature.

Weights and components are computed inside the grader, an unscored completion gets no reward (None, which keeps it out of its group's
mean), and TRL hears of everything else through `log_metric`. With one function TRL treats None as neutral; with two it would count as 0.

An exception in it, on one process of several, would leave the others waiting in TRL's gather: see `ranks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rewardkit.grader import Grader
from rewardkit.guard import Window
from rewardkit.interop.trl import LogMetric, completion_text, portable_ref, step_metrics
from rewardkit.loading import Ref, load_grader
from rewardkit.samples import Sample
from rewardkit.scores import Score
from rewardkit.scoring import Item, Scorer, item_of
from rewardkit.scoring.items import seed_of

from ..ranks import Ranks
from ..watching.clock import StepClock
from ..watching.rollouts import Rollout
from .outages import Patience, left_to_ask

PREFIX = "rewardkit"
"""What the names of our metrics begin with in TRL's logs: `rewardkit/unscored`, `rewardkit/component/parses`."""

_REASON = 300  # characters of a reason that the other processes hear

Shape = Callable[[Score, Item, float], float | None]
"""What the optimiser is given for a score, at this share (0 to 1) of the training; None leaves the completion out."""


class TrainingReward:
    """A picklable callable for TRL's `reward_funcs`; its data set carries a `sample_index` for every prompt.

    `num_generations` is TRL's: so many completions in a row have the same prompt (0: not known). Among several processes each scores the
    completions that it generated, which are `last` until the next call, `window` holds those of all, and what cannot be scored at all on
    one is raised on every one. `shape` makes of a score what the optimiser is given. `patience` says how to wait for a judge that is away, `clock`
    hears how long it all takes.
    """

    def __init__(
        self,
        grader: Grader,
        samples: Sequence[Sample],
        *,
        seed: int = 0,
        window: int = 200,
        num_generations: int = 0,
        scorer: Scorer | None = None,
        ranks: Ranks | None = None,
        shape: Shape | None = None,
        patience: Patience | None = None,
        clock: StepClock | None = None,
    ) -> None:
        self.__name__ = grader.name
        self.window = Window[Score](window)
        self._grader = grader
        self._samples = tuple(samples)
        self._seed = seed
        self._num_generations = num_generations
        self._scorer = scorer
        self._ranks = ranks or Ranks()
        self._shape = shape
        self._patience = patience or Patience()
        self._clock = clock or StepClock()
        self.last: list[Rollout] = []

    def __call__(
        self,
        *,
        completions: Sequence[Any],
        sample_index: Sequence[int],
        log_metric: LogMetric | None = None,
        trainer_state: Any = None,
        **_: Any,
    ) -> list[float | None]:
        """One reward per completion, None where it is unscored."""
        step = trainer_state.global_step if trainer_state is not None else 0
        items = self._items([completion_text(completion) for completion in completions], sample_index, step)
        scorer = self._scorer = self._scorer or Scorer()
        reused = scorer.reused
        with self._clock.spent("scoring"):
            scores = self._scored(items, step)
        rewards = self._shaped(scores, items, trainer_state)
        self.last = [
            Rollout(step, index, item.group, item.seed, item.completion, score, reward)
            for index, item, score, reward in zip(sample_index, items, scores, rewards, strict=True)
        ]
        if log_metric is not None:
            groups = [item.group for item in items]
            for name, value in step_metrics(scores, [item.completion for item in items], groups):
                log_metric(f"{PREFIX}/{name}", value)
            calls = len({*groups}) if self._grader.in_groups else len(items)
            log_metric(f"{PREFIX}/reused", (scorer.reused - reused) / max(1, calls))
            self._clock.count(calls, scorer.reused - reused)
        return rewards

    def _scored(self, items: Sequence[Item], step: int) -> list[Score]:
        """The scores of this process's completions, those of a judge that was away for a while too; the window hears of all processes'."""
        scorer = self._scorer
        assert scorer is not None
        scores: list[Score] = []

        def score() -> list[Score]:
            scores.extend(scorer.score(self._grader, items))
            return [_outcome(score) for score in scores]

        def again() -> list[Score]:
            places = left_to_ask(self._grader, items, scores)
            asked = scorer.score(self._grader, [items[place] for place in places])
            for place, found in zip(places, asked, strict=True):
                scores[place] = found
            return [_outcome(score) for score in scores]

        told = self._ranks.collect(score, in_step=True)
        with self._clock.spent("waiting"):
            told = self._patience.until_back(step + 1, self._grader, told, again, self._ranks)
        for outcomes in told:
            self.window.add(outcomes)
        return scores

    def _shaped(
        self, scores: Sequence[Score], items: Sequence[Item], trainer_state: Any
    ) -> list[float | None]:
        if self._shape is None:
            return [score.value for score in scores]
        steps = trainer_state.max_steps if trainer_state is not None else 0
        progress = trainer_state.global_step / steps if steps else 0.0
        return [self._shape(score, item, progress) for score, item in zip(scores, items, strict=True)]

    def _items(self, texts: Sequence[str], sample_index: Sequence[int], step: int) -> list[Item]:
        """Seeds and groups go by the place in the whole generation, so that they do not depend on the number of processes."""
        first = self._ranks.rank * len(texts)
        items = []
        for place, (index, text) in enumerate(zip(sample_index, texts, strict=True), first):
            sample = self._samples[index]
            item = item_of(sample, text, seed=seed_of(self._seed, "train", sample.id, step, place))
            if self._num_generations:
                group = f"{sample.id}/{place // self._num_generations}"
                item = replace(item, group=group, members=self._num_generations)
            items.append(item)
        return items

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (
            portable_ref(self._grader),
            self._samples,
            self._seed,
            self.window.size,
            self._num_generations,
        )


def _outcome(score: Score) -> Score:
    """What the other processes need of a score."""
    return Score(0.0) if score.scored else Score.unscored(score.cause or "error", score.reason[:_REASON])


def _rebuilt(
    ref: Ref, samples: Sequence[Sample], seed: int, window: int, num_generations: int
) -> TrainingReward:
    return TrainingReward(
        load_grader(ref), samples, seed=seed, window=window, num_generations=num_generations
    )
