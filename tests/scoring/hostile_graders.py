"""Graders that misbehave on command: the completion says how."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import itertools
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rewardkit import Component, Score, Step, partial_credit, preparing, reward, weighted


def forge(message: object) -> None:
    """Write a frame into every pipe that is open, as code that a completion brought along could."""
    text = message if isinstance(message, str) else json.dumps(message)
    for descriptor in range(3, 1024):
        with contextlib.suppress(OSError):
            os.write(descriptor, struct.pack("<Q", len(text)) + text.encode())
    time.sleep(3600)


def misbehave(how: str) -> float:
    match how:
        case "raise":
            raise ValueError("on purpose")
        case "exit":
            raise SystemExit(2)
        case "nan":
            return float("nan")
        case "over":
            return 1.2
        case "loop":
            while True:
                pass
        case "c loop":
            sum(itertools.repeat(0))
        case "sleep":
            time.sleep(3600)
        case "swallow":
            while True:
                try:  # noqa: SIM105  # what careless code does
                    time.sleep(3600)
                except BaseException:  # what careless code does
                    pass
        case "os exit":
            print("last words", flush=True)
            os._exit(7)
        case "segfault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "close":
            os.closerange(3, 4096)
        case "close and stay":
            os.closerange(3, 4096)
            time.sleep(3600)
        case "forge start":
            forge(["start", 99])
        case "forge nonsense":
            forge("[" * 100_000)
        case "forge refusal":
            forge(["refused", 0, "no"])
        case "memory":
            bytearray(4_000_000_000)
    return 0.5


@reward(timeout=0.5, memory_mb=256)
def hostile(completion: str) -> float:
    return misbehave(completion)


@reward(timeout=0.5, runs_completion=True, range=(-1, 1))
def runner(completion: str) -> float:
    return misbehave(completion)


@partial_credit({"parses": 0.1, "runs": 0.5, "exact": 1.0}, timeout=0.5, runs_completion=True)
def climber(completion: str) -> Iterator[Step]:
    yield "parses", True
    yield "runs", 0.5
    misbehave(completion)
    yield "exact", True


@reward(timeout=2)
def parent(completion: str) -> float:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(completion).write_text(str(child.pid))
    time.sleep(600)
    return 1.0


@reward
async def later(completion: str) -> bool:
    await asyncio.sleep(0.01)
    return bool(completion)


@reward
def lengthy(completion: str) -> float:
    return len(completion) / 200


@reward
def printer(completion: str) -> float:
    print("noise " * 1000)
    sys.stderr.write("more noise")
    os.write(1, b"raw noise")
    return 1.0


@reward
def echo(completion: str) -> Score:
    return Score(1.0, reason=completion)


@reward
def count(completion: str) -> Score:
    return Score(1.0, reason=str(len(completion)))


@partial_credit({"runs": 0.5, "exact": 1.0}, timeout=0.5, runs_completion=True, memory_mb=256)
def prepares(completion: str, reference: str) -> Iterator[Step]:
    with preparing():
        if reference == "slow":
            time.sleep(1)  # longer than the completion's own time-out
        misbehave(reference)
    misbehave(completion)
    yield "exact", True


@reward(timeout=0.5)
def our_own(completion: str) -> float:
    return misbehave(completion)


@reward(timeout=0.5, runs_completion=True, range=(-1, 1))
def runs_only(completion: str) -> float:
    return 1.0


@reward
def odd_score(completion: str) -> Score:
    import numpy

    parts = {
        "numpy": Component("part", numpy.float32(0.25)),
        "nan": Component("part", float("nan")),
        "fine": Component("part", 0.25),
    }
    return Score(numpy.float32(0.5), (parts[completion],), reason=None)


mixed = weighted((runs_only, 0.9), (our_own, 0.1))
