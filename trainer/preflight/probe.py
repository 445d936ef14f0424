"""What sampled completions of the start model got, in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rewardkit.judging.spending import Spent
from rewardkit.runs import Result

_NOTHING = Spent()


@dataclass(frozen=True, slots=True)
class Probe:
    """What `k` sampled completions of each of `prompts` prompts got.

    `spread` is the mean standard deviation of the rewards of a prompt, `lowest` and `highest` the ends of all of them. `by_length` is the rank
    correlation of reward and length within prompts, -1 to 1; None where nothing varies. `seconds` are those of the grader's calls, and
    `judged` what its judges were asked for.
    """

    prompts: int
    k: int
    mean: float | None
    saturated: float
    unscored: float
    causes: str
    truncated: float
    unique: float
    accepted: float = 0.0  # by RAFT
    spread: float = 0.0
    lowest: float | None = None
    highest: float | None = None
    by_length: float | None = None
    seconds: tuple[float, ...] = ()
    judged: Spent = _NOTHING

    @property
    def completions(self) -> int:
        """How many there are."""
        return self.prompts * self.k

    def __str__(self) -> str:
        mean = "none" if self.mean is None else f"{self.mean:.3f}"
        return (
            f"{self.prompts} prompts x {self.k} completions: mean reward {mean}, spread within a prompt {self.spread:.3f}, "
            f"{self.saturated:.0%} of the groups saturated, {self.unscored:.0%} unscored, {self.truncated:.0%} cut off, "
            f"{self.unique:.0%} distinct"
        )


def measured(
    results: Sequence[Result],
    k: int,
    *,
    truncated: float,
    accept: float | None = None,
    seconds: Sequence[float] = (),
    judged: Spent = _NOTHING,
) -> Probe:
    """The figures of `k` completions of each prompt. `accept` is the least score that RAFT would keep."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.sample].append(result)
    rewards = {sample: [r.value for r in group if r.value is not None] for sample, group in groups.items()}
    scored = [value for values in rewards.values() for value in values]
    causes = Counter(str(r.cause) for r in results if r.value is None)
    spreads = [float(np.std(values)) for values in rewards.values() if values]
    return Probe(
        prompts=len(groups),
        k=k,
        mean=sum(scored) / len(scored) if scored else None,
        saturated=sum(len(set(values)) < 2 for values in rewards.values()) / len(groups),
        unscored=1 - len(scored) / len(results),
        causes=", ".join(f"{cause} ({count})" for cause, count in causes.most_common()),
        truncated=truncated,
        unique=sum(len({r.completion for r in group}) / k for group in groups.values()) / len(groups),
        accepted=0.0 if accept is None else sum(value >= accept for value in scored) / len(results),
        spread=sum(spreads) / len(spreads) if spreads else 0.0,
        lowest=min(scored, default=None),
        highest=max(scored, default=None),
        by_length=_by_length(list(groups.values())),
        seconds=tuple(seconds),
        judged=judged,
    )


def _by_length(groups: Sequence[Sequence[Result]]) -> float | None:
    """The correlation of the ranks of rewards and of lengths within prompts, over all of them together."""
    both = lengths = values = 0.0
    for group in groups:
        scored = [(len(r.completion), r.value) for r in group if r.value is not None]
        if len(scored) > 1:
            x, y = (_ranks([pair[side] for pair in scored]) for side in (0, 1))
            both, lengths, values = both + float(x @ y), lengths + float(x @ x), values + float(y @ y)
    return both / (lengths * values) ** 0.5 if lengths and values else None


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Ranks about their mean, equal values sharing theirs."""
    given = np.asarray(values, dtype=float)
    below = (given[None, :] < given[:, None]).sum(axis=1)
    equal = (given[None, :] == given[:, None]).sum(axis=1)
    ranks = below + (equal - 1) / 2
    return np.asarray(ranks - ranks.mean(), dtype=float)
