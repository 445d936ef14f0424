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
