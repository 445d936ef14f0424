"""What calls took is kept, call by call, until it is taken."""

from __future__ import annotations

import pytest
from writing import WriteFile

from rewardkit import collect
from rewardkit.scoring import Item, Scorer
from rewardkit.scoring.times import CallTimes

GRADERS = """
import asyncio
import time
from rewardkit import reward

@reward(cache=False)
def sleeps(completion: str) -> float:
    time.sleep(float(completion))
    return 1.0

@reward(cache=False)
async def waits(completion: str) -> float:
    await asyncio.sleep(float(completion))
    return 1.0

@reward(isolation="inline", cache=False)
def here(completion: str) -> float:
    return 1.0
"""


def test_seconds_are_taken_once_and_the_newest_are_kept() -> None:
    times = CallTimes()
    times.add("exact", 0.5)
    times.add("rows", 0.25, calls=3)
    assert times.take() == {"exact": [0.5], "rows": [0.25] * 3}
    times.add("exact", 1.0)
    times.add("exact", 2.0, calls=60_000)
    assert times.take() == {"exact": [2.0] * 50_000}
    assert times.take() == {}


@pytest.mark.parametrize("name", ["sleeps", "waits"])
def test_each_call_in_a_worker_has_its_own_time(name: str, write: WriteFile) -> None:
    (grader,) = collect([f"{write('timed_graders.py', GRADERS)}:{name}"])
    with Scorer(workers=1) as scorer:
        scorer.score(grader, [Item("0", {}), Item("0.2", {}), Item("0", {})])
        seconds = sorted(scorer.times.take()[name])
    assert len(seconds) == 3
    assert seconds[2] >= 0.2


def test_inline_calls_share_the_time_of_their_batch(write: WriteFile) -> None:
    (grader,) = collect([f"{write('timed_graders.py', GRADERS)}:here"])
    with Scorer(workers=1) as scorer:
        scorer.score(grader, [Item("a", {}), Item("b", {})])
        first, second = scorer.times.take()["here"]
    assert first == second > 0
