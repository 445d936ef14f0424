"""Graders for the fault table: a completion `fine 7` scores 0.007, any other names a function below, which misbehaves."""

from __future__ import annotations

import asyncio
import ctypes
import functools
import itertools
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

from rewardkit import Component, Score, Step, partial_credit, reward

MEGABYTE = 1024 * 1024
_LEAKED: list[bytes] = []


class _BadText(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class _ExitingText(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)


class _ExitingRepr:
    def __repr__(self) -> str:
        raise SystemExit(3)


def raises() -> NoReturn:
    raise ValueError("on purpose")


def raises_system_exit() -> NoReturn:
    sys.exit(2)


def raises_keyboard_interrupt() -> NoReturn:
    raise KeyboardInterrupt


def raises_without_text() -> NoReturn:
    raise _BadText


def raises_with_a_text_that_exits() -> NoReturn:
    raise _ExitingText


def raises_with_a_huge_text() -> NoReturn:
    raise ValueError("x" * 100 * MEGABYTE)


def raises_in_a_removed_folder() -> NoReturn:
    os.chdir(folder := tempfile.mkdtemp())
    shutil.rmtree(folder)
    raise ValueError("on purpose")


def loops() -> NoReturn:
    while True:
        pass


def loops_in_c() -> None:
    sum(itertools.repeat(0))


def backtracks() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def sleeps() -> None:
    time.sleep(3600)


def waits_for_a_child() -> None:
    subprocess.run(["sleep", "3600"])


def waits_for_a_lock() -> None:
    (lock := threading.Lock()).acquire()
    lock.acquire()


def swallows_everything() -> NoReturn:
    while True:
        try:  # noqa: SIM105  # what careless code does
            time.sleep(3600)
        except BaseException:
            pass


def deaf_to_signals() -> None:
    for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(3600)


def stops_itself() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def exits() -> None:
    os._exit(7)


def segfaults() -> None:
    ctypes.string_at(0)


def aborts() -> None:
    os.abort()


def kills_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def is_ended_by_its_alarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(0.3)


def forgets_its_alarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.1)


def takes_all_memory_at_once() -> None:
    bytearray(4096 * MEGABYTE)


def takes_all_memory_bit_by_bit() -> None:
    rows: list[bytearray] = []
    while True:
        rows.append(bytearray(MEGABYTE // 4))


def recurses_without_limit() -> object:
    sys.setrecursionlimit(2**31 - 1)
    return recurses_without_limit()


def recurses_in_c() -> object:
    """Every turn goes through C, so the C stack overflows."""
    sys.setrecursionlimit(2**31 - 1)
    return functools.reduce(lambda *_: recurses_in_c(), [1, 2])


def closes_everything() -> None:
    os.closerange(0, 4096)


def closes_everything_and_stays() -> None:
    os.closerange(0, 4096)
    time.sleep(3600)


def closes_its_output() -> None:
    os.closerange(0, 3)


def dies_while_a_child_holds_the_pipe() -> None:
    if os.fork() == 0:
        time.sleep(3600)
    os._exit(7)


def forks_and_leaves_a_child() -> None:
    if os.fork() == 0:
        time.sleep(3600)


def forks_and_lets_the_child_return() -> None:
    os.fork()


def forks_and_lets_the_child_raise() -> None:
    if os.fork() == 0:
        raise ValueError("in the child")


def starts_a_thread_that_goes_on() -> None:
    threading.Thread(target=sleeps).start()


def prints_much() -> None:
    os.write(1, bytes(100 * MEGABYTE))


def changes_the_folder() -> None:
    os.chdir("/")


def breaks_standard_output() -> None:
    if sys.__stdout__ is not None:
        sys.__stdout__.close()
    sys.stdout = sys.stderr = None


def lowers_its_own_limits() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def returns_an_object() -> object:
    return object()


def returns_a_function() -> object:
    return lambda: 1


def returns_a_generator() -> object:
    return (n for n in range(3))


def returns_a_set() -> object:
    return {1}


def returns_what_cannot_be_shown() -> object:
    return _ExitingRepr()


def returns_a_huge_text() -> object:
    return "x" * 300 * MEGABYTE


def returns_a_huge_reason() -> object:
    return Score(0.5, reason="x" * 300 * MEGABYTE)


def returns_too_many_components() -> object:
    return Score(0.5, (Component("part", 1.0),) * 10**6)


def _result(completion: str) -> object:
    word, _, number = completion.partition(" ")
    if word == "fine":
        return int(number) / 1000
    if word in ("slow", "nap"):
        time.sleep(0.02 if word == "slow" else 0.8)
        return int(number) / 1000
    misbehave: Callable[[], object] = globals()[completion]
    result = misbehave()
    return 0.5 if result is None else result


def prints(text: str) -> None:
    print(text)


def complains(text: str) -> None:
    sys.stderr.write(text)


def writes_bytes(text: str) -> None:
    os.write(1, text.encode() + b"\xff\n")


def prints_in_c(text: str) -> None:
    ctypes.CDLL(None).printf(b"%s\n", text.encode())


def lets_a_child_print(text: str) -> None:
    subprocess.run(["echo", text])


def prints_pages(text: str) -> None:
    for number in range(2000):
        print(f"page {number} of {text}")


def redirects_and_prints(path: str) -> None:
    """Standard output goes to a file of the author's own from now on."""
    with open(path, "ab") as log:
        os.dup2(log.fileno(), 1)
    os.write(1, b"x" * 2 * MEGABYTE)


LEVELS = {"parses": 0.1, "runs": 0.5, "exact": 1.0}


@reward(timeout=0.5)
def hasty(completion: str) -> object:
    return _result(completion)


@reward(timeout=2, memory_mb=512)
def steady(completion: str) -> object:
    return _result(completion)


@reward(timeout=60, memory_mb=1024)
def patient(completion: str) -> object:
    return _result(completion)


@reward(timeout=2)
def talker(completion: str) -> object:
    """`prints hello, then raises`."""
    says, _, then = completion.partition(", then ")
    how, _, text = says.partition(" ")
    globals()[how](text)
    return _result(then)


@reward(timeout=60, memory_mb=None)
def leaks(completion: str) -> Score:
    _LEAKED.append(b"x" * int(completion.partition(" ")[0]) * MEGABYTE)
    return Score(0.5, reason=f"{os.getpid()}")


@reward(timeout=60)
def tells_its_process(completion: str) -> Score:
    return Score(int(completion) / 10**6, reason=f"{os.getpid()}")


@reward(timeout=60)
def takes_a_reference(completion: str, reference: str) -> float:
    return int(reference[:9]) / 1000


@reward(timeout=0.5)
def wordy(completion: str) -> Score:
    return Score(int(completion) / 10**6, reason="w" * 2000)


@reward(timeout=20, concurrency=8)
async def waits(completion: str) -> float:
    if completion == "exits later":
        asyncio.get_running_loop().call_later(0.2, os._exit, 7)
        await asyncio.sleep(10)
    await asyncio.sleep(0.3)
    return int(completion) / 1000


@reward(timeout=0.5, runs_completion=True, range=(-1, 1))
def hasty_runner(completion: str) -> object:
    return _result(completion)


@reward(timeout=60, memory_mb=1024, runs_completion=True, range=(-1, 1))
def runner(completion: str) -> object:
    return _result(completion)


@partial_credit(LEVELS, timeout=0.5, runs_completion=True)
def hasty_ladder(completion: str) -> Iterator[Step]:
    yield "parses", True
    yield "runs", 0.5
    yield "exact", _result(completion)


@partial_credit(LEVELS, timeout=60, memory_mb=1024, runs_completion=True)
def ladder(completion: str) -> Iterator[Step]:
    yield "parses", True
    yield "runs", 0.5
    yield "exact", _result(completion)
