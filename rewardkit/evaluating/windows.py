"""Windows of rows: how many are scored and written at a time. What a kill may cost is one window; results never depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .answers import Answer

SECONDS = 2.0  # of work that a window should hold
LEAST, FIRST, MOST = 8, 16, 4096  # rows
TEXT = 64 << 20
"""Bytes of texts in a window, as the files of a run have them: six for a character outside ASCII, if any is."""


class Pace:
    """How many rows make about two seconds of work, as the windows so far tell. Grows at most fourfold from one to the next."""

    def __init__(self) -> None:
        self.rows = FIRST

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a window of which so many rows were scored; one without any teaches nothing."""
        if rows:
            wanted = rows * SECONDS / max(seconds, 1e-6)
            self.rows = int(min(max(wanted, LEAST), 4 * self.rows, MOST))


def windows(answers: Iterable[Answer], pace: Pace, *, whole_groups: bool = False) -> Iterator[list[Answer]]:
    """The answers in order, cut where `pace` says.

    With `whole_groups` a window ends only where every sample in it has all its `members`: rows of one sample that are scattered over a
    file keep everything between them in one window.
    """
    window: list[Answer] = []
    size = 0
    lacking: dict[str, int] = {}  # sample -> how many of its completions are still to come
    for answer in answers:
        window.append(answer)
        size += _written(answer)
        if whole_groups:
            left = lacking.pop(answer.sample.id, answer.members) - 1
            if left > 0:
                lacking[answer.sample.id] = left
        if not lacking and (len(window) >= pace.rows or size >= TEXT):
            yield window
            window, size = [], 0
    if window:
        yield window


def _written(answer: Answer) -> int:
    """About the bytes that the texts of an answer take in results.jsonl and samples.jsonl."""
    texts = (answer.completion, answer.sample.prompt, *answer.sample.columns.values())
    return sum(len(text) * (1 if text.isascii() else 6) for text in texts if isinstance(text, str))
