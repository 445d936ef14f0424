"""Graders for the tests of Ray: they note that they were called, end the processes around them, or take their time."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from rewardkit import Step, partial_credit, reward


@reward
def seeded(completion: str, seed: int) -> float:
    return (len(completion) * 31 + seed) % 97 / 97


@reward
def noted(completion: str, notes: str) -> float:
    """One byte more in a file of its own for every call."""
    with (Path(notes) / completion).open("ab") as file:
        file.write(b"x")
    time.sleep(0.05)
    return int(completion) % 10 / 10


@reward(timeout=30)
def ends_its_ray_worker(completion: str) -> float:
    if completion == "kill":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(10)
    return 0.5


@reward(timeout=1, group=True)
def longest(completions: list[str], reference: str) -> list[bool]:
    if "hang" in completions:
        time.sleep(60)
    return [len(text) == max(map(len, completions)) for text in completions]


@partial_credit({"runs": 0.5, "exact": 1.0}, timeout=1, runs_completion=True)
def climbs(completion: str, reference: str) -> Iterator[Step]:
    yield "runs", True
    while completion == "loop":
        pass
    yield "exact", completion == reference


@reward(timeout=60)
def slow(completion: str) -> float:
    time.sleep(float(completion))
    return 1.0
