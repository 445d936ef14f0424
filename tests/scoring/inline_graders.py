"""Inline graders that do not end by themselves, and one that uses another."""

from __future__ import annotations

import bdb
import itertools
import re
import time
from types import FrameType

from rewardkit import reward


class Debugger(bdb.Bdb):
    """Waits for its user for a while, and goes on."""

    def user_line(self, frame: FrameType) -> None:
        time.sleep(1)
        self.set_continue()


def hang(how: str) -> None:
    match how:
        case "loop":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "regex":
            re.match(r"(a+)+$", "a" * 40 + "b")
        case "swallow":
            while True:
                try:  # noqa: SIM105  # what careless code does
                    time.sleep(60)
                except BaseException:  # what careless code does
                    pass
        case "swallow twice":
            while True:
                try:
                    while True:
                        try:  # noqa: SIM105  # what careless code does
                            time.sleep(60)
                        except BaseException:  # what careless code does
                            pass
                except BaseException:  # what careless code does
                    continue
        case "debugger":
            Debugger().set_trace()
            time.sleep(0)
        case "c loop":
            sum(itertools.repeat(0))


@reward(isolation="inline", timeout=0.3)
def hangs(completion: str) -> float:
    hang(completion)
    return 1.0


@reward(isolation="inline", timeout=0.1)
def inner(completion: str) -> float:
    hang(completion)
    return 1.0


@reward(isolation="inline", timeout=0.6)
def outer(completion: str) -> float:
    """Uses another grader, and then hangs itself when told to."""
    name, _, then = completion.partition(", then ")
    value = inner.score(name).value
    hang(then)
    return value or 0.0


@reward(isolation="inline", timeout=0.2)
async def blocks(completion: str) -> float:
    hang(completion)
    return 1.0
