"""Long counts for the scorer: hostile and honest completions in random order, again and again; `make soak` runs them all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rewardkit import Item, Scorer, collect

(HOSTILE, *_) = collect([str(Path(__file__).with_name("hostile_graders.py"))])
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
