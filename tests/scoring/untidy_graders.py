"""Graders that leave something behind which harms a later call."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rewardkit import Step, partial_credit, preparing, reward, weighted

_kept: list[bytearray] = []


def _leave(what: str) -> None:
    match what:
        case "bomb":
            threading.Timer(0.05, lambda: os._exit(3)).start()
        case "virtual timer":
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.03)
        case "profiling timer":
            signal.setitimer(signal.ITIMER_PROF, 0.03)
        case "hog":
            threading.Thread(target=lambda: sum(iter(lambda: 1, 0)), daemon=True).start()
        case "folder":
            os.chdir("/")
        case "clock":
            _stop_the_clock(lambda: 1e12)
        case "memory":
            _kept.append(bytearray(200 << 20))


def _stop_the_clock(clock: Callable[[], float]) -> None:
    time.monotonic = clock  # what careless test helpers do


@reward(timeout=2, memory_mb=300)
def leaves(completion: str, here: str) -> float:
    """1 for a tidy completion that takes a while, needs some memory and looks for its folder; 0.5 for one that leaves something behind."""
    if completion == "hang":
        while True:
            pass
    if completion != "tidy":
        _leave(completion)
        return 0.5
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    bytearray(150 << 20)
    return float(Path().samefile(here))


@reward
def takes_one(completion: str, options: list[str]) -> float:
    """How many options there are; takes one away."""
    count = len(options)
    options.pop()
    return count / 10


@reward(isolation="inline")
def takes_one_here(completion: str, options: list[str]) -> float:
    count = len(options)
    options.pop()
    return count / 10


both_take = weighted((takes_one, 0.5), (takes_one_here, 0.5))


@partial_credit({"ready": 0.5, "done": 1.0}, timeout=2, memory_mb=300, runs_completion=True)
def climbs(completion: str) -> Iterator[Step]:
    """Keeps memory for "memory"; else needs more than is then left, after a first level."""
    if completion == "memory":
        _leave(completion)
        return
    with preparing():
        pass
    yield "ready", True
    bytearray(200 << 20)
    yield "done", True
