"""The one reward function that GRPO is given: the scorer behind TRL's signature.

Weights and components are computed inside the grader, an unscored completion gets no reward (None, which keeps it out of its group's
mean), and TRL hears of everything else through `log_metric`. With one function TRL treats None as neutral; with two it would count as 0.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rewardkit.grader import Grader
from rewardkit.interop.trl import LogMetric, completion_text, portable_ref, step_metrics
from rewardkit.loading import Ref, load_grader
from rewardkit.samples import Sample
from rewardkit.scores import Score
from rewardkit.scoring import Scorer, item_of
from rewardkit.scoring.items import seed_of

PREFIX = "rewardkit"
"""What the names of our metrics begin with in TRL's logs: `rewardkit/unscored`, `rewardkit/component/parses`."""


@dataclass(slots=True)
class Window:
    """The last `size` completions: whether each was scored, and why those that were not are not."""

    size: int
    causes: deque[str | None] = field(default_factory=deque)
    example: str = ""

    def add(self, scores: Sequence[Score]) -> None:
        """Take in the scores of a step."""
        for score in scores:
            self.causes.append(None if score.scored else str(score.cause))
            if not score.scored:
                self.example = score.reason
        while len(self.causes) > self.size:
            self.causes.popleft()

    @property
    def unscored(self) -> int:
        """How many of them are unscored."""
        return sum(cause is not None for cause in self.causes)

    def most_common(self) -> str:
        """`timeout (12), error (3)`."""
        counts = Counter(cause for cause in self.causes if cause is not None)
        return ", ".join(f"{cause} ({count})" for cause, count in counts.most_common())


class TrainingReward:
    """A picklable callable for TRL's `reward_funcs`; its data set carries a `sample_index` for every prompt."""

    def __init__(
        self,
        grader: Grader,
        samples: Sequence[Sample],
        *,
        seed: int = 0,
        window: int = 200,
        scorer: Scorer | None = None,
    ) -> None:
        self.__name__ = grader.name
        self.window = Window(window)
        self._grader = grader
        self._samples = tuple(samples)
        self._seed = seed
        self._scorer = scorer

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
        texts = [completion_text(completion) for completion in completions]
        step = trainer_state.global_step if trainer_state is not None else 0
        items = [
            item_of(sample, text, seed=seed_of(self._seed, "train", sample.id, step, place))
            for place, (sample, text) in enumerate(
                zip((self._samples[index] for index in sample_index), texts, strict=True)
            )
        ]
        if self._scorer is None:
            self._scorer = Scorer()
        scores = self._scorer.score(self._grader, items)
        self.window.add(scores)
        if log_metric is not None:
            for name, value in step_metrics(scores, texts, sample_index):
                log_metric(f"{PREFIX}/{name}", value)
        return [score.value for score in scores]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (portable_ref(self._grader), self._samples, self._seed, self.window.size)


def _rebuilt(ref: Ref, samples: Sequence[Sample], seed: int, window: int) -> TrainingReward:
    return TrainingReward(load_grader(ref), samples, seed=seed, window=window)
