"""Where the seconds of a training step go: generating, scoring, waiting for a judge that is away, and the optimiser with the rest.

Lines of times.jsonl, which differ between runs that are otherwise the same; nothing else in a run folder depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles
from typing import Any

from transformers import TrainerCallback

from rewardkit.runs import RunFolder, StepTimes
from rewardkit.runs.records import GraderTime
from rewardkit.scoring import Scorer

from .clock import StepClock


class TimesCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Writes a line for each optimiser step; `folder` None, as on all processes but one, writes nothing."""

    def __init__(self, phase: str, folder: RunFolder | None, clock: StepClock, scorer: Scorer) -> None:
        self._phase = phase
        self._folder = folder
        self._clock = clock
        self._scorer = scorer
        self._begun = clock.now()

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Forget what was done between two steps: checks, evaluations, checkpoints."""
        self._clock.take()
        self._scorer.times.take()
        self._begun = self._clock.now()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Write the step's line."""
        seconds = self._clock.now() - self._begun
        spent, reused = self._clock.take()
        graders = {name: _grader_time(taken) for name, taken in self._scorer.times.take().items()}
        if self._folder is None:
            return
        rest = seconds - spent.get("generating", 0.0) - spent.get("scoring", 0.0)
        line = {**spent, "seconds": seconds, "optimising": max(0.0, rest)}
        rounded = {name: round(value, 4) for name, value in line.items()}
        self._folder.append_times(
            StepTimes(
                phase=self._phase,
                step=state.global_step,
                reused=None if reused is None else round(reused, 4),
                graders=graders,
                **rounded,
            )
        )


def _grader_time(seconds: Sequence[float]) -> GraderTime:
    mean = sum(seconds) / len(seconds)
    late = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else mean
    return GraderTime(calls=len(seconds), mean_ms=round(1000 * mean, 3), p95_ms=round(1000 * late, 3))
