"""The calls of one batch: which wait, which are done, and which are suspected of having brought a worker down."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from ..grader import Grader
from ..loading import Ref
from ..scores import Score
from .items import OnScores, Values, members

CHUNK_TEXT = 4 << 20  # characters of the arguments of a chunk
START_ATTEMPTS = 3


class Job:
    """One call of `run`. Calls are named by their index in `calls`; a worker has `start_seconds` to load the grader."""

    def __init__(
        self,
        grader: Grader,
        ref: Ref,
        number: int,
        calls: Sequence[Values],
        on_scores: OnScores | None,
        start_seconds: float,
    ) -> None:
        self.grader = grader
        self.ref = ref
        self.number = number
        self.calls = calls
        self.start_seconds = start_seconds
        self.results: list[tuple[Score, ...] | None] = [None] * len(calls)
        self.waiting: deque[int] = deque(range(len(calls)))
        self.open = len(calls)
        self.suspects: set[int] = set()
        self.failed_starts = 0
        self._tried_alone: set[int] = set()
        self._on_scores = on_scores
        self._fresh: list[tuple[int, tuple[Score, ...]]] = []
        self._group = grader.in_groups

    def take(self, size: int) -> dict[int, Values]:
        """The next calls, at most `size` and not too much text; a suspect by itself."""
        chunk: dict[int, Values] = {}
        text = 0
        while self.waiting and len(chunk) < size and text < CHUNK_TEXT:
            if chunk and self.waiting[0] in self.suspects:
                break
            index = self.waiting.popleft()
            chunk[index] = values = self.calls[index]
            text += sum([length(value) for value in values.values()])
            if index in self.suspects:
                break
        return chunk

    def put_back(self, indices: dict[int, None]) -> None:
        self.waiting.extendleft(reversed(indices))

    def suspect(self, chunk: dict[int, None]) -> int | None:
        """Nobody knows which of these brought its worker down: the guilty one, if it was alone for the second time."""
        if len(chunk) == 1:
            (index,) = chunk
            if index in self._tried_alone:
                return index
            if index in self.suspects:
                self._tried_alone.add(index)
        self.suspects.update(chunk)
        return None

    def finish(self, index: int, scores: tuple[Score, ...]) -> None:
        if self.results[index] is not None:
            raise ValueError(f"a second result for call {index}")
        if len(scores) != (members(self.grader, self.calls[index]) if self._group else 1):
            raise ValueError(f"{len(scores)} scores for call {index}")
        self.results[index] = scores
        self.open -= 1
        if self._on_scores is not None:
            self._fresh.append((index, scores))

    def tell(self) -> None:
        """Report what is newly known; apart from `finish`, so that an error of the caller's callback is not taken for a worker's."""
        fresh, self._fresh = self._fresh, []
        for index, scores in fresh:
            if self._on_scores is not None:
                self._on_scores(index, scores)

    def may_start_again(self) -> bool:
        """Whether to try again after a worker that ended before it began: somebody may have killed it, but a grader may be at fault too."""
        self.failed_starts += 1
        return self.failed_starts < START_ATTEMPTS


def length(value: Any, depth: int = 3) -> int:
    """About how many characters a message with this value has."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple) and depth and len(value) < 1000:
        return sum([length(part, depth - 1) for part in value])
    return 8 * len(value) if isinstance(value, list | tuple) else 8
