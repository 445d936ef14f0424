"""Partial credit that fades: it shows the way to a model that gets nothing right yet, and is in the way of one that does.

share of the training    0 %                anneal_from       anneal_to       100 %
reward of a score 0.4    0.4  0.4  0.4  0.4  0.4     0.3  0.1  0.0  0.0  0.0
reward of a score 1      1    1    1    1    1       1    1    1    1    1
"""

from __future__ import annotations

from dataclasses import dataclass

from rewardkit.grader import Grader
from rewardkit.scores import Score
from rewardkit.scoring import Item


@dataclass(frozen=True, slots=True)
class Annealed:
    """A Shape: the score up to the share `start` of the training, solved or not from `end` on, a mean of the two between.

    What is solved (`solved_at` or more) moves to `high`, everything else to `low`.
    """

    start: float
    end: float
    low: float
    high: float
    solved_at: float

    @classmethod
    def of(cls, grader: Grader, start: float, end: float) -> Annealed:
        """For the range and the pass mark of a grader."""
        low, high = grader.options.range
        return cls(start, end, low, high, grader.options.solved_at)

    def __call__(self, score: Score, item: Item, progress: float) -> float | None:
        """The reward at this share of the training, None where there is no score."""
        if score.value is None:
            return None
        faded = self.faded(progress)
        return (1 - faded) * score.value + faded * (self.high if score.value >= self.solved_at else self.low)

    def faded(self, progress: float) -> float:
        """How much of the partial credit is gone, 0 to 1."""
        if progress >= self.end:
            return 1.0
        return max(0.0, (progress - self.start) / (self.end - self.start)) if self.end > self.start else 0.0
