"""What graders do in the executors' benchmark, as plain functions that any process can import.

Each takes the completion, the reference and an `amount`: loops to burn or seconds to sleep.
"""

from __future__ import annotations

import time


def tiny(completion: str, reference: str, amount: float) -> bool:
    """About 0.2 us: is the last word the reference?"""
    return completion.rsplit(None, 1)[-1] == reference


def burning(completion: str, reference: str, amount: float) -> float:
    """Holds one core for `amount` rounds of a Python loop; the seconds that took on the clock."""
    start = time.perf_counter()
    for _ in range(int(amount)):
        pass
    return time.perf_counter() - start


def sleeping(completion: str, reference: str, amount: float) -> float:
    """Waits `amount` seconds, as for a service; the seconds that took."""
    start = time.perf_counter()
    time.sleep(amount)
    return time.perf_counter() - start


def loops_per_second() -> float:
    """How many rounds of `burning` a second of CPU time holds here, at its best of several tries."""
    loops = 200_000
    best = min(_seconds(loops) for _ in range(20))
    return loops / best


def _seconds(loops: int) -> float:
    start = time.process_time()
    burning("0", "0", loops)
    return time.process_time() - start
