"""What calls of graders took, for whoever wants to know which one is slow."""

from __future__ import annotations

from collections import deque

_KEPT = 50_000  # calls of a grader, the newest, when nobody takes them


class CallTimes:
    """Seconds of each call since they were last taken. Calls in worker processes are measured one by one, inline ones share those of their batch."""

    def __init__(self) -> None:
        self._seconds: dict[str, deque[float]] = {}

    def add(self, grader: str, seconds: float, calls: int = 1) -> None:
        """So many calls of a grader that took so long each."""
        kept = self._seconds.get(grader)
        if kept is None:
            kept = self._seconds[grader] = deque(maxlen=_KEPT)
        if calls == 1:
            kept.append(seconds)
        else:
            kept.extend([seconds] * calls)

    def take(self) -> dict[str, list[float]]:
        """The seconds of each grader's calls, oldest first; the next time begins anew."""
        taken = {grader: list(seconds) for grader, seconds in self._seconds.items()}
        self._seconds.clear()
        return taken
