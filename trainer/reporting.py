"""How a run tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """What the command line implements with bars, and a test with a list."""

    def say(self, text: str) -> None:
        """One line for the reader: a stage begins, a warning, a figure."""
        ...

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """`done` of `total` steps or completions of a stage."""
        ...


class Silent:
    """Tells nobody."""

    def say(self, text: str) -> None:
        """Drop the line."""

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Drop the news."""


class LinesOnly:
    """Tells the lines and keeps the steps to itself, for a training that is one of many."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def say(self, text: str) -> None:
        """The line as it is."""
        self._reporter.say(text)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Drop the news."""


class Prefixed:
    """Tells the same with a few words before it: `fold 2 of 4: base: ...`."""

    def __init__(self, reporter: Reporter, words: str) -> None:
        self._reporter = reporter
        self._words = words

    def say(self, text: str) -> None:
        """The line after the words; a warning stays one at first sight."""
        kind, colon, rest = text.partition("warning: ")
        self._reporter.say(
            f"warning: {self._words}: {rest}" if colon and not kind else f"{self._words}: {text}"
        )

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """The news of a stage that bears the words too, so that each has a bar of its own."""
        self._reporter.progress(f"{self._words}, {stage}", done, total, note)
