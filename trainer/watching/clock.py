"""What the seconds of a step are spent on.

clock = StepClock()
with clock.spent("scoring"):
    ...
clock.take()                          # {"scoring": 1.25}, and the share that was reused; the next step begins anew
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class StepClock:
    """Adds up seconds by what they were spent on; `calls` of graders, and how many were answered from earlier ones, come along."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.now = clock
        self._spent: Counter[str] = Counter()
        self._calls = self._reused = 0

    @contextmanager
    def spent(self, what: str) -> Iterator[None]:
        """The seconds of the block."""
        begun = self.now()
        try:
            yield
        finally:
            self._spent[what] += self.now() - begun  # type: ignore[assignment]  # a Counter adds floats as well

    def count(self, calls: int, reused: int) -> None:
        """So many calls, and those among them that were not made again."""
        self._calls += calls
        self._reused += reused

    def take(self) -> tuple[Mapping[str, float], float | None]:
        """The seconds since they were last taken, and the share of calls that was reused (None: no calls)."""
        taken = dict(self._spent), self._reused / self._calls if self._calls else None
        self._spent.clear()
        self._calls = self._reused = 0
        return taken
