"""Long counts for the scorer: hostile and honest completions in random order, again and again; `make soak` runs them all."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from processes import marked, none_left
from test_faults import FAULTS, HARMLESS, LATE

from rewardkit import Item, Score, Scorer, collect

HERE = Path(__file__).parent
(HOSTILE, *_) = collect([str(HERE / "hostile_graders.py")])
(STEADY,) = [grader for grader in collect([str(HERE / "fault_graders.py")]) if grader.name == "steady"]
CAUSES = {
    "raise": "error",
    "exit": "error",
    "nan": "invalid",
    "over": "invalid",
    "os exit": "died",
    "segfault": "died",
    "kill": "died",
    "loop": "timeout",
    "c loop": "timeout",
    "memory": "memory",
}


def mixed(seed: int, count: int) -> list[str]:
    """`count` completions, one in eight of them hostile."""
    chance = random.Random(seed)
    return [chance.choice(list(CAUSES)) if chance.random() < 1 / 8 else "fine" for _ in range(count)]


def check(seed: int, count: int, workers: int) -> None:
    completions = mixed(seed, count)
    with Scorer(workers=workers) as scorer:
        scores = scorer.score(HOSTILE, [Item(completion, {}) for completion in completions])
    assert [s.cause for s in scores] == [CAUSES.get(completion) for completion in completions]
    assert all(s.value == 0.5 for s, c in zip(scores, completions, strict=True) if c == "fine")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_every_completion_gets_exactly_its_own_result(seed: int) -> None:
    check(seed, count=120, workers=2 + seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 22))
def test_every_completion_gets_exactly_its_own_result_for_long(seed: int) -> None:
    check(seed, count=400, workers=1 + seed % 4)


def check_every_fault(seed: int, batches: int, size: int) -> None:
    """Batches of good and bad completions on one scorer, while somebody kills a worker now and then: only the bad ones lose anything."""
    chance = random.Random(seed)
    causes = {**{fault: cause for fault, cause, _ in FAULTS}, **dict.fromkeys(HARMLESS)}
    del causes[
        "closes_everything_and_stays"
    ]  # late instead, when a child of an earlier completion holds the pipe
    kills: list[int] = []
    with marked() as mark:
        with Scorer(workers=size) as scorer:

            def kill_one(index: int, score: Score) -> None:
                workers = scorer._pool._workers
                # A third kill in the same call would count as its own.
                if workers and len(kills) < 2 and chance.random() < 0.02:
                    kills.append(chance.choice(workers).process.pid)
                    os.kill(kills[-1], signal.SIGKILL)

            for _ in range(batches):
                kills.clear()
                completions = [_one(chance, list(causes)) for _ in range(chance.randrange(1, 200))]
                items = [Item(completion, {}) for completion in completions]
                scores = scorer.score(STEADY, items, on_score=kill_one, fresh=True)
                for text, score in zip(completions, scores, strict=True):
                    assert score.value == _value(text), text
                    assert score.cause in _causes(text, causes), text
        assert none_left(mark) == []


def _one(chance: random.Random, faults: list[str]) -> str:
    lot = chance.random()
    if lot < 0.005:
        return chance.choice(LATE)
    return chance.choice(faults) if lot < 0.1 else f"fine {chance.randrange(1000)}"


def _value(completion: str) -> float | None:
    if completion.startswith("fine "):
        return int(completion.split()[1]) / 1000
    return 0.5 if completion in HARMLESS else None


def _causes(completion: str, causes: dict[str, Any]) -> set[str | None]:
    cause = causes.get(completion, "timeout" if completion in LATE else None)
    return (
        {cause, "timeout"} if cause == "memory" else {cause}
    )  # a busy machine takes its time to fill memory


@pytest.mark.slow
def test_whatever_happens_every_completion_gets_its_own_result() -> None:
    check_every_fault(seed=0, batches=2, size=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 9))
def test_whatever_happens_every_completion_gets_its_own_result_for_long(seed: int) -> None:
    check_every_fault(seed, batches=10, size=1 + seed % 4)
