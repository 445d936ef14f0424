"""Where the seconds of a training step go: generating, scoring, waiting for a judge that is away, and the optimiser with the rest.

    clock = StepClock()
    with clock.spent("scoring"):
        ...
    clock.take()                          # {"scoring": 1.25}, and the next step begins anew

Lines of times.jsonl, which differ between runs that are otherwise the same; nothing else in a run folder depends on them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import quantiles
from typing import Any

from transformers import TrainerCallback

from rewardkit.runs import RunFolder, StepTimes
from rewardkit.runs.records import GraderTime
from rewardkit.scoring import Scorer


class StepClock:
    """Adds up seconds by what they were spent on; `calls` of graders, and how many were answered from earlier ones, come along."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.now = clock
        self._spent: Counter[str] = Counter()
        self._calls = self._reused = 0

    @contextmanager
    def spent(self, what: str) -> Iterator[None]:
        """The seconds of the block."""
        begun = self.now()
        try:
            yield
        finally:
            self._spent[what] += self.now() - begun  # type: ignore[assignment]  # a Counter adds floats as well

    def count(self, calls: int, reused: int) -> None:
        """So many calls, and those among them that were not made again."""
        self._calls += calls
        self._reused += reused

    def take(self) -> tuple[Mapping[str, float], float | None]:
        """The seconds since they were last taken, and the share of calls that was reused (None: no calls)."""
        taken = dict(self._spent), self._reused / self._calls if self._calls else None
        self._spent.clear()
        self._calls = self._reused = 0
        return taken


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
