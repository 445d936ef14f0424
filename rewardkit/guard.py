"""The guard of a run: stop when too many completions cannot be scored, before hours of work or a training go to waste.

    guard = Guard(limit=0.05, size=200)
    guard.look(results)             # TooManyUnscored once more than 10 of a grader's last 200 scores are unscored

The share is one of the window's size and not of what is in it so far: one failure at the start is no reason to stop, and eleven among the
first thirty are. Scores are looked at in the order of the rows, so that the same run stops at the same row. `not_applicable`, which an
author declares on purpose, does not count; a `bad_reference` does: a data set may be as broken as a grader.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .errors import ConfigError, GuardStop

LIMIT = 0.05
SIZE = 200
BUDGET = "judge_budget"
"""The cause that stops a run at once, and that is never a result: the same answer is asked about when the run goes on."""

MOST_SHOWN = 5  # reasons, and rows of each

_LONGEST_REASON = 500


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
    @property
    def repeat(self) -> int: ...


_S = TypeVar("_S", bound=Scored)


class TooManyUnscored(GuardStop):
    """Which grader it was, how many scores, and why: `failed` are those of the window that could not be scored, oldest first."""

    def __init__(self, summary: str, failed: Sequence[ScoredBy]) -> None:
        self.summary = summary
        self.failed = failed
        super().__init__(self.told())

    @property
    def causes(self) -> set[str]:
        """Every cause that there is among them."""
        return {str(score.cause) for score in self.failed}

    def told(self, place: Callable[[ScoredBy], str] | None = None) -> str:
        """The summary, and a line for each of the commonest reasons with the first rows that it struck, as `place` calls them (else their samples)."""
        by_reason: dict[tuple[str, str], dict[str, None]] = {}
        counts: Counter[tuple[str, str]] = Counter()
        for score in self.failed:
            key = (str(score.cause), score.reason)
            counts[key] += 1
            by_reason.setdefault(key, {})[place(score) if place else score.sample] = None
        lines = [
            f"  {counts[cause, reason]} {cause} at {_listed(list(by_reason[cause, reason]))}: {_shown(reason)}"
            for (cause, reason), _ in counts.most_common(MOST_SHOWN)
        ]
        others = len(counts) - MOST_SHOWN
        more = [f"  and {others:,} other reason{'s' if others > 1 else ''}"] if others > 0 else []
        return "\n".join([self.summary, *lines, *more])


def _listed(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - MOST_SHOWN:,} more" if len(rows) > MOST_SHOWN else ""
    return ", ".join(rows[:MOST_SHOWN]) + more


def _shown(reason: str) -> str:
    """The reason on one line, the end of a long one cut off."""
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]} ..."


class BudgetSpent(GuardStop):
    """The judge may cost no more: the run stops at the first answer that could not be asked about."""


@dataclass(slots=True)
class Window(Generic[_S]):
    """The last `size` completions: those of them that could not be scored, None for the others."""

    size: int
    scores: deque[_S | None] = field(default_factory=deque)

    def add(self, scores: Iterable[_S]) -> None:
        """Take in scores, oldest first."""
        for score in scores:
            failed = score.value is None and score.cause != "not_applicable"
            self.scores.append(score if failed else None)
        while len(self.scores) > self.size:
            self.scores.popleft()

    @property
    def failed(self) -> list[_S]:
        """Those that could not be scored, oldest first."""
        return [score for score in self.scores if score is not None]

    @property
    def budget_spent(self) -> bool:
        """Whether the judge's budget did not last for one of them."""
        return any(score.cause == BUDGET for score in self.failed)

    @property
    def example(self) -> str:
        """The reason of the last of them."""
        failed = self.failed
        return failed[-1].reason if failed else ""

    @property
    def unscored(self) -> int:
        """How many of them are unscored."""
        return len(self.failed)

    def most_common(self) -> str:
        """`timeout (12), error (3)`."""
        counts = Counter(str(score.cause) for score in self.failed)
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
        self._windows: dict[str, Window[ScoredBy]] = {}

    def look(self, scores: Iterable[ScoredBy]) -> None:
        """Take in the next scores in the order of the rows.

        Raises TooManyUnscored at the first that is one too many, BudgetSpent at the first for which the judge's budget did not last.
        """
        for score in scores:
            window = self._windows.setdefault(score.grader, Window(self._size))
            window.add([score])
            if score.cause == BUDGET:
                raise BudgetSpent(
                    f"{score.reason}. The same command with a larger budget (--judge-budget, or [judge] budget in RUN.toml) goes on"
                )
            if score.value is None and window.unscored > self.allowed:
                raise TooManyUnscored(self._summary(score.grader, window), window.failed)

    def _summary(self, grader: str, window: Window[ScoredBy]) -> str:
        seen = len(window.scores)
        which = "last" if seen == self._size else "first"
        return (
            f"{window.unscored} of the {which} {seen:,} scores of '{grader}' are unscored (allowed: {self.allowed:,} "
            f"in {self._size:,}): {window.most_common()}"
        )
