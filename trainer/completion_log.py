"""The newest completions of a training, kept until the next checkpoint looks at them, and the first that were drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rewardkit.evaluating.statistics import FEWEST
from rewardkit.scores import Score
from rewardkit.scoring import Item


@dataclass(frozen=True, slots=True)
class Logged:
    """A completion that was scored in a training step: which sample it is of, and with which others it was drawn."""

    step: int
    sample_index: int
    text: str
    group: str
    seed: int
    score: Score


class CompletionLog:
    """What one process generated since the last checkpoint, the newest `most` completions of it, give or take a generation.

    The first completions are those of the first steps of the training that have 10 prompts together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls = 0
        self._newest: list[list[Logged]] = []
        self._first: list[Logged] = []
        self._from_start = True

    def add(
        self, step: int, sample_index: Sequence[int], items: Sequence[Item], scores: Sequence[Score]
    ) -> None:
        """Keep the completions of one generation, and let go of those that are no longer needed."""
        logged = [
            Logged(step, index, item.completion, f"{self._calls}/{item.group}", item.seed, score)
            for index, item, score in zip(sample_index, items, scores, strict=True)
        ]
        self._from_start = self._from_start and (step == 0 or self._calls > 0)
        if self._from_start and len({one.sample_index for one in self._first}) < FEWEST:
            self._first += logged
        self._calls += 1
        self._newest.append(logged)
        while sum(map(len, self._newest[1:])) >= self._most:
            del self._newest[0]

    def take(self) -> tuple[list[Logged], list[Logged]]:
        """The first and the newest completions; the next checkpoint begins anew."""
        first, newest = self._first, [one for logged in self._newest for one in logged]
        self._first, self._newest, self._from_start = [], [], False
        return first, newest


def newest_groups(logged: Iterable[Logged], most: int) -> list[Logged]:
    """The completions of the newest whole groups, at most so many of them but at least one group, in order."""
    groups: dict[str, list[Logged]] = {}
    for one in logged:
        groups.setdefault(one.group, []).append(one)
    kept: list[list[Logged]] = []
    for group in reversed(groups.values()):
        if kept and sum(map(len, kept)) + len(group) > most:
            break
        kept.append(group)
    return [one for group in reversed(kept) for one in group]
