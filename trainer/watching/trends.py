"""What became of the reward and of a grader that is held out, from the first completions of a training to the newest, in words.

    reward up (0.31 to 0.62), hold-out 'strict' flat (0.40 to 0.41)

Both ends are means over prompts with 95 % intervals, and the prompts need not be the same; so a word is said only of a difference whose
own interval allows it, and none when an end has fewer than 10 prompts.
"""

from __future__ import annotations

import math

from rewardkit.grader import Grader
from rewardkit.runs.records import MeanRow

_FOLLOWS = 0.5  # of the rise of the reward: a hold-out that surely rises by less is flat


class Trend:
    """What became of the reward and the hold-out since the first completions, with the uncertainty of both ends."""

    def __init__(
        self,
        grader: Grader,
        holdout: Grader | None,
        start_reward: MeanRow | None,
        reward: MeanRow | None,
        start_holdout: MeanRow | None,
        held: MeanRow | None,
    ) -> None:
        self.start_reward, self.reward = start_reward, reward
        self.start_holdout, self.held = start_holdout, held
        self._name = holdout.name if holdout is not None else ""
        self._rise = _change(start_reward, reward, _width(grader))
        self._held_rise = _change(start_holdout, held, _width(holdout)) if holdout is not None else None

    @property
    def apart(self) -> bool:
        """Whether the reward rises, and the hold-out surely by less than half as much."""
        if self._rise is None or self._held_rise is None:
            return False
        low, _ = self._rise
        held_low, held_high = self._held_rise
        return low > 0 and held_low <= 0 and held_high < _FOLLOWS * low

    def __str__(self) -> str:
        parts = [f"reward {_word(self._rise)} {_ends(self.start_reward, self.reward)}"] if self._rise else []
        if parts and self._held_rise:
            word = "flat" if self.apart and self._held_rise[1] >= 0 else _word(self._held_rise)
            parts.append(f"hold-out '{self._name}' {word} {_ends(self.start_holdout, self.held)}")
        return ", ".join(parts)


def _change(before: MeanRow | None, after: MeanRow | None, width: float) -> tuple[float, float] | None:
    """The 95 % interval of a difference of two means, as a share of the range; None where one of them has no interval."""
    if before is None or after is None:
        return None
    halves = [_half(before), _half(after)]
    if None in halves:
        return None
    half = math.hypot(*(one for one in halves if one is not None))
    difference = after.mean - before.mean
    return (difference - half) / width, (difference + half) / width


def _half(row: MeanRow) -> float | None:
    return None if row.low is None or row.high is None else (row.high - row.low) / 2


def _width(grader: Grader) -> float:
    low, high = grader.options.range
    return high - low if high - low < 1e6 else 1.0


def _word(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    low, high = interval
    return "up" if low > 0 else "down" if high < 0 else "without a clear change"


def _ends(before: MeanRow | None, after: MeanRow | None) -> str:
    return f"({before.mean:.2f} to {after.mean:.2f})" if before is not None and after is not None else ""
