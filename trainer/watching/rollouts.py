"""A completion of a training step with everything that is known of it, and who wants to hear of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rewardkit.scores import Score


@dataclass(frozen=True, slots=True)
class Rollout:
    """One completion that a training step was taken on.

    `group` names those that were drawn together for one prompt, on whatever process. `score` is the grader's and `reward` what the optimiser
    was given (None: nothing, it is left out); they differ where the reward is shaped or is a control. `tokens` counts the completion's,
    and a `truncated` one was cut off at the limit.
    """

    step: int
    sample_index: int
    group: str
    seed: int
    text: str
    score: Score
    reward: float | None
    advantage: float = 0.0
    tokens: int = 0
    truncated: bool = False


class Listener(Protocol):
    """Hears of the completions of each generation, on every process of those that it generated, before the step is taken."""

    def hear(self, rollouts: Sequence[Rollout]) -> None: ...
