"""The newest completions of a training, kept until the next checkpoint looks at them, and the first that were drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rewardkit.evaluating.statistics import FEWEST

from .rollouts import Rollout

_REASON = 300  # characters that are kept of it


class CompletionLog:
    """What one process generated since the last checkpoint, the newest `most` completions of it, give or take a generation.

    The first completions are those of the first steps of the training that have 10 prompts together. Scores are kept without their parts.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls = 0
        self._newest: list[list[Rollout]] = []
        self._first: list[Rollout] = []
        self._from_start = True

    def hear(self, rollouts: Sequence[Rollout]) -> None:
        """Keep the completions of one generation, and let go of those that are no longer needed."""
        kept = [_kept(one, f"{self._calls}/{one.group}") for one in rollouts]
        begins = not rollouts or rollouts[0].step == 0
        self._from_start = self._from_start and (begins or self._calls > 0)
        if self._from_start and len({one.sample_index for one in self._first}) < FEWEST:
            self._first += kept
        self._calls += 1
        self._newest.append(kept)
        while sum(map(len, self._newest[1:])) >= self._most:
            del self._newest[0]

    def take(self) -> tuple[list[Rollout], list[Rollout]]:
        """The first and the newest completions; the next checkpoint begins anew."""
        first, newest = self._first, [one for kept in self._newest for one in kept]
        self._first, self._newest, self._from_start = [], [], False
        return first, newest


def newest_groups(rollouts: Iterable[Rollout], most: int) -> list[Rollout]:
    """The completions of the newest whole groups, at most so many of them but at least one group, in order."""
    groups: dict[str, list[Rollout]] = {}
    for one in rollouts:
        groups.setdefault(one.group, []).append(one)
    kept: list[list[Rollout]] = []
    for group in reversed(groups.values()):
        if kept and sum(map(len, kept)) + len(group) > most:
            break
        kept.append(group)
    return [one for group in reversed(kept) for one in group]


def _kept(rollout: Rollout, group: str) -> Rollout:
    score = rollout.score
    if score.components or score.output or len(score.reason) > _REASON:
        score = replace(score, components=(), reason=score.reason[:_REASON], output="")
    return replace(rollout, group=group, score=score)
