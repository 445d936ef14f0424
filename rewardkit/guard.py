"""The guard of a run: stop when too many completions cannot be scored, before hours of work or a training go to waste.

    guard = Guard(limit=0.05, size=200)
    guard.look(results)             # TooManyUnscored once more than 10 of a grader's last 200 scores are unscored

The share is one of the window's size and not of what is in it so far: one failure at the start is no reason to stop, and eleven among the
first thirty are. Scores are looked at in the order of the rows, so that the same run stops at the same row. `not_applicable`, which an
author declares on purpose, does not count; a `bad_reference` does: a data set may be as broken as a grader.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from .errors import ConfigError, GuardStop

LIMIT = 0.05
SIZE = 200


class TooManyUnscored(GuardStop):
    """Which grader it was, how many scores, why, and the sample and the reason of the last of them."""


class Scored(Protocol):
    """What the guard needs to know of a score; a line of results.jsonl has it too."""

    @property
    def value(self) -> float | None: ...
    @property
    def cause(self) -> str | None: ...
    @property
    def reason(self) -> str: ...


class ScoredBy(Scored, Protocol):
    """A score that knows its grader and what it is about."""

    @property
    def grader(self) -> str: ...
    @property
    def sample(self) -> str: ...


@dataclass(slots=True)
class Window:
    """The last `size` completions: why each of those that could not be scored is not, None for the others."""

    size: int
    causes: deque[str | None] = field(default_factory=deque)
    example: str = ""

    def add(self, scores: Iterable[Scored]) -> None:
        """Take in scores, oldest first."""
        for score in scores:
            failed = score.value is None and score.cause != "not_applicable"
            self.causes.append(str(score.cause) if failed else None)
            if failed:
                self.example = score.reason
        while len(self.causes) > self.size:
            self.causes.popleft()

    @property
    def unscored(self) -> int:
        """How many of them are unscored."""
        return sum(cause is not None for cause in self.causes)

    def most_common(self) -> str:
        """`timeout (12), error (3)`."""
        counts = Counter(cause for cause in self.causes if cause is not None)
        return ", ".join(f"{cause} ({count})" for cause, count in counts.most_common())


class Guard:
    """Looks at the scores of a run, a window for each grader. `limit` 1 never stops."""

    def __init__(self, limit: float = LIMIT, size: int = SIZE) -> None:
        if not 0 <= limit <= 1 or size < 1:
            raise ConfigError(
                f"a guard of limit={limit:g} and window={size}: the limit must lie in 0 to 1 and the window be 1 or more"
            )
        self.allowed = int(limit * size + 1e-9)  # 0.29 * 100 is 28.999999999999996
        self._size = size
        self._windows: dict[str, Window] = {}

    def look(self, scores: Iterable[ScoredBy]) -> None:
        """Take in the next scores in the order of the rows. Raises TooManyUnscored at the first that is one too many."""
        for score in scores:
            window = self._windows.setdefault(score.grader, Window(self._size))
            window.add([score])
            if score.value is None and window.unscored > self.allowed:
                raise TooManyUnscored(self._message(score, window))

    def _message(self, last: ScoredBy, window: Window) -> str:
        seen = len(window.causes)
        which = "last" if seen == self._size else "first"
        return (
            f"{window.unscored} of the {which} {seen:,} scores of '{last.grader}' are unscored (allowed: {self.allowed:,} "
            f"in {self._size:,}): {window.most_common()}. The last, of sample '{last.sample}': {window.example:.300}"
        )
