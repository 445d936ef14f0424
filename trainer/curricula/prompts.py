"""Which prompts completions are drawn for, and how many were drawn.

A group of completions teaches something only when their rewards differ. So a prompt's weight is the spread of the rewards of its last groups:

    right and wrong    0 of 8 right   1 of 8   2 of 8   4 of 8   8 of 8
    spread             0              0.50     0.86     1        0

That is four times p(1 - p) of the share p of right ones, without the bias of small groups; for partial credit it is four times the variance over the
width of the range, squared. Each group that is seen counts as much as all before it together, and a prompt that was never drawn has the
weight 1. No weight is below 0.1: what was all wrong a while ago may be within reach by now.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from statistics import variance
from typing import Any, TypeAlias

from rewardkit.scoring.items import seed_of

FLOOR = 0.1
_NEWEST = 0.5  # what a group that is seen counts for beside all before it

Group: TypeAlias = tuple[int, Sequence[float | None]]
"""The sample of a group of completions, and their rewards."""


class Prompts:
    """Draws the prompts of each generation of a training on `count` samples, by the seed of the run and what was seen; `Kept` in checkpoints.

    `width` is that of the reward's range. Without `by_difficulty` all weights are the same, and a generation has the prompts of the data's own order.
    """

    def __init__(self, count: int, *, seed: int, width: float = 1.0, by_difficulty: bool = False) -> None:
        self.generated = 0
        """Completions that were drawn since the training began, those that were thrown away included."""
        self._count = count
        self._seed = seed
        self._width = width
        self.by_difficulty = by_difficulty
        self._generations = 0
        self._again = 0
        self._spreads: dict[int, float] = {}

    def begin(self, groups: int) -> list[int] | None:
        """The sample of each group of the next generation, none twice unless there are too few; None for those of the data's own order."""
        self._generations += 1
        self._again = 0
        return self._drawn(groups, ()) if self.by_difficulty else None

    def instead(self, now: Sequence[int], stale: Sequence[int]) -> dict[int, int]:
        """For each of the `stale` groups, by its place in the generation `now`, another sample to draw; one that is in use if all are."""
        self._again += 1
        unwanted = set(now)
        if len(unwanted) == self._count:
            unwanted = {now[place] for place in stale}
        return dict(zip(stale, self._drawn(len(stale), unwanted), strict=True))

    def see(self, groups: Iterable[Group]) -> None:
        """Take the rewards of groups into account; one with fewer than two rewards says nothing."""
        for sample, rewards in groups:
            known = [reward for reward in rewards if reward is not None]
            if len(known) > 1:
                seen = min(1.0, 4 * variance(known) / self._width**2)
                old = self._spreads.get(sample, 1.0)
                self._spreads[sample] = old + _NEWEST * (seen - old)

    def weight(self, sample: int) -> float:
        """How much more often than others a sample is drawn, 0.1 to 1."""
        if not self.by_difficulty:
            return 1.0
        return FLOOR + (1 - FLOOR) * self._spreads.get(sample, 1.0)

    def state(self) -> dict[str, Any]:
        """What decides the next draws."""
        spreads = {str(sample): spread for sample, spread in sorted(self._spreads.items())}
        return {"generations": self._generations, "generated": self.generated, "spreads": spreads}

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""
        self._generations, self.generated = state["generations"], state["generated"]
        self._spreads = {int(sample): spread for sample, spread in state["spreads"].items()}

    def _drawn(self, groups: int, unwanted: Collection[int]) -> list[int]:
        """Weighted draws without repeats (Efraimidis and Spirakis 2006), again from all once there is no other sample left."""
        draw = random.Random(seed_of(self._seed, "prompts", self._generations, self._again))
        chosen: list[int] = []
        while len(chosen) < groups:
            left = [sample for sample in range(self._count) if sample not in unwanted]
            ranks = {sample: draw.random() ** (1 / self.weight(sample)) for sample in left}
            chosen += sorted(left, key=lambda sample: -ranks[sample])[: groups - len(chosen)]
            unwanted = ()
        return chosen


def is_saturated(rewards: Sequence[float | None]) -> bool:
    """Whether at least two completions have a reward, and all that have one the same."""
    known = [reward for reward in rewards if reward is not None]
    return len(known) > 1 and min(known) == max(known)
