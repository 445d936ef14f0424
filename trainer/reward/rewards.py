"""The one reward function that GRPO is given: the scorer behind TRL's signature.

Weights and components are computed inside the grader, an unscored completion gets no reward (None, which keeps it out of its group's
mean), and TRL hears of everything else through `log_metric`. With one function TRL treats None as neutral; with two it would count as 0.

An exception in it, on one process of several, would leave the others waiting in TRL's gather: see `ranks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from .controls import Control
from .outages import Patience, left_to_ask

PREFIX = "rewardkit"
"""What the names of our metrics begin with in TRL's logs: `rewardkit/unscored`, `rewardkit/component/parses`."""

_REASON = 300  # characters of a reason that the other processes hear

Shape = Callable[[Score, Item, float], float | None]
"""What the optimiser is given for a score, at this share (0 to 1) of the training; None leaves the completion out."""


@dataclass(frozen=True, slots=True)
class _Graded:
    """Completions with the grader's scores, those that a control makes of them, and what the optimiser is given; `keys` name them among the known."""

    keys: list[tuple[int, int, str]]
    items: list[Item]
    scores: list[Score]
    given: Sequence[Score]
    rewards: list[float | None]


class TrainingReward:
    """A picklable callable for TRL's `reward_funcs`; its data set carries a `sample_index` for every prompt.

    `num_generations` is TRL's: so many completions in a row have the same prompt (0: not known). Among several processes each scores the
    completions that it generated, which are `last` until the next call, `window` holds those of all, and what cannot be scored at all on
    one is raised on every one. The optimiser is given the scores that `control` makes of the grader's, and what `shape` makes of those; everything
    else hears of the grader's own. `patience` says how to wait for a judge that is away, `clock` hears how long it all takes.
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
        control: Control | None = None,
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
        self._control = control
        self._shape = shape
        self._known: dict[tuple[int, int, str], Score] = {}
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
        first: int | None = None,
        **_: Any,
    ) -> list[float | None]:
        """One reward per completion, None where it is unscored.

        `first` is the place of the first one among those of all processes; None: each of them has as many.
        """
        step = trainer_state.global_step if trainer_state is not None else 0
        texts = [completion_text(completion) for completion in completions]
        reused = self._reused
        with self._clock.spent("scoring"):
            graded = self._together(lambda: self._graded(texts, sample_index, trainer_state, first), step)
        self._known.clear()
        self.last = [
            Rollout(step, index, item.group, item.seed, item.completion, score, reward)
            for index, item, score, reward in zip(
                sample_index, graded.items, graded.scores, graded.rewards, strict=True
            )
        ]
        if log_metric is not None:
            self._log(log_metric, graded, self._reused - reused)
        return graded.rewards

    def _together(self, grade: Callable[[], _Graded], step: int) -> _Graded:
        """What every process found, those too that waited for a judge; the window hears of all of it."""
        found: list[_Graded] = []

        def score() -> list[Score]:
            found[:] = [grade()]
            return [
                _outcome(score, given) for score, given in zip(found[0].scores, found[0].given, strict=True)
            ]

        def again() -> list[Score]:
            [before] = found
            for place in left_to_ask(self._grader, before.items, before.scores):
                del self._known[before.keys[place]]
            return score()

        told = self._ranks.collect(score, in_step=True)
        with self._clock.spent("waiting"):
            told = self._patience.until_back(f"step {step + 1}", self._grader, told, again, self._ranks)
        for outcomes in told:
            self.window.add(outcomes)
        return found[0]

    def ahead(
        self, texts: Sequence[str], sample_index: Sequence[int], trainer_state: Any
    ) -> list[float | None]:
        """The rewards that these completions of this process would get, before it is decided which of them are trained on.

        Nothing is logged. Their scores are remembered until the next generation is scored. Raises on this process alone.
        """
        with self._clock.spent("scoring"):
            return self._graded(texts, sample_index, trainer_state).rewards

    @property
    def _reused(self) -> int:
        return self._scorer.reused if self._scorer is not None else 0

    def _log(self, log_metric: LogMetric, graded: _Graded, reused: int) -> None:
        items, scores = graded.items, graded.scores
        groups = [item.group for item in items]
        for name, value in step_metrics(scores, [item.completion for item in items], groups):
            log_metric(f"{PREFIX}/{name}", value)
        calls = len({*groups}) if self._grader.in_groups else len(items)
        log_metric(f"{PREFIX}/reused", reused / max(1, calls))
        self._clock.count(calls, reused)
        if self._control is not None or self._shape is not None:
            for value in (score.value for score in scores if score.value is not None):
                log_metric(f"{PREFIX}/true_reward", value)

    def _graded(
        self, texts: Sequence[str], sample_index: Sequence[int], trainer_state: Any, first: int | None = None
    ) -> _Graded:
        step = trainer_state.global_step if trainer_state is not None else 0
        items = self._items(texts, sample_index, step, first)
        keys = [
            (place, index, item.completion)
            for place, (index, item) in enumerate(zip(sample_index, items, strict=True))
        ]
        scores = self._scored(items, keys)
        given = scores if self._control is None else self._control(scores, items)
        rewards = [score.value for score in given]
        if self._shape is not None:
            progress = 0.0 if trainer_state is None else step / trainer_state.max_steps
            rewards = [self._shape(score, item, progress) for score, item in zip(given, items, strict=True)]
        return _Graded(keys, items, scores, given, rewards)

    def _scored(self, items: Sequence[Item], keys: Sequence[tuple[int, int, str]]) -> list[Score]:
        """The scores of the completions, those of this generation that are known already among them."""
        scorer = self._scorer = self._scorer or Scorer()
        new = [place for place, key in enumerate(keys) if key not in self._known]
        if self._grader.in_groups:
            incomplete = {items[place].group for place in new}
            new = [place for place, item in enumerate(items) if item.group in incomplete]
        for place, score in zip(new, scorer.score(self._grader, [items[i] for i in new]), strict=True):
            self._known[keys[place]] = score
        return [self._known[key] for key in keys]

    def _items(
        self, texts: Sequence[str], sample_index: Sequence[int], step: int, first: int | None
    ) -> list[Item]:
        """Seeds and groups go by the place in the whole generation, so that they do not depend on the number of processes."""
        first = self._ranks.rank * len(texts) if first is None else first
        members = self._num_generations
        items = []
        for place, (index, text) in enumerate(zip(sample_index, texts, strict=True), first):
            sample = self._samples[index]
            seed = seed_of(self._seed, "train", sample.id, step, place)
            group = f"{sample.id}/{place // members}" if members else None
            items.append(item_of(sample, text, seed=seed, members=members, group=group))
        return items

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (
            portable_ref(self._grader),
            self._samples,
            self._seed,
            self.window.size,
            self._num_generations,
        )


def _outcome(score: Score, given: Score) -> Score:
    """What the other processes need of a score and of the one that the optimiser is given instead."""
    if score.scored and given.scored:
        return Score(0.0)
    lacking = given if score.scored else score
    return Score.unscored(lacking.cause or "error", lacking.reason[:_REASON])


def _rebuilt(
    ref: Ref, samples: Sequence[Sample], seed: int, window: int, num_generations: int
) -> TrainingReward:
    return TrainingReward(
        load_grader(ref), samples, seed=seed, window=window, num_generations=num_generations
    )
