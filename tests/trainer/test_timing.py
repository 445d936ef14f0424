"""Where the seconds of a training step go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from rewardkit.runs import RunFolder
from rewardkit.runs.reading import read_times
from rewardkit.runs.records import GraderTime
from rewardkit.scoring import Scorer

pytest.importorskip("transformers")

from rewardkit.trainer.watching.clock import StepClock
from rewardkit.trainer.watching.timing import TimesCallback


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    with RunFolder.open(tmp_path, "t", "train", {}, versions={}, fingerprints={}, seed=0) as opened:
        yield opened


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_step_is_told_apart_into_what_it_was_spent_on(folder: RunFolder) -> None:
    now, scorer = Time(), Scorer(workers=1)
    clock = StepClock(now)
    callback = TimesCallback("rft", folder, clock, scorer)
    with clock.spent("generating"):
        now.seconds += 99  # before the step: a look at the first completions, say
    callback.on_step_begin(None, None, None)
    with clock.spent("generating"):
        now.seconds += 5
    with clock.spent("scoring"):
        now.seconds += 1
        with clock.spent("waiting"):
            now.seconds += 2
    clock.count(calls=8, reused=2)
    scorer.times.add("exact", 0.001, calls=19)
    scorer.times.add("exact", 0.101)
    now.seconds += 4
    callback.on_step_end(None, SimpleNamespace(global_step=3), None)
    (line,) = read_times(folder.path)
    assert (line.phase, line.step, line.seconds) == ("rft", 3, 12)
    assert (line.generating, line.scoring, line.waiting, line.optimising) == (5, 3, 2, 4)
    assert line.reused == 0.25
    assert line.graders == {"exact": GraderTime(calls=20, mean_ms=6.0, p95_ms=6.0)}


def test_other_processes_than_the_first_write_nothing() -> None:
    clock = StepClock()
    callback = TimesCallback("rft", None, clock, Scorer(workers=1))
    callback.on_step_begin(None, None, None)
    callback.on_step_end(None, SimpleNamespace(global_step=1), None)
    assert clock.take() == ({}, None)
