"""Every score that a test of a grader has seen, call by call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..scores import Score
from ..scoring import Item, Scorer
from .known_rows import KnownRow
from .trials import Material, Trial

Progress: TypeAlias = Callable[[int, int], None]
Call: TypeAlias = tuple[KnownRow, str]


@dataclass(slots=True)
class ScoreBook:
    """Every score seen for a call, in the order of the calls."""

    scorer: Scorer
    material: Material
    on_progress: Progress | None = None
    seen: dict[Call, list[Score]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0
    planned: int = 0

    def score(self, calls: Sequence[Call]) -> list[Score]:
        """Score calls, each as a group of its own, remember and return their scores."""
        items: list[Item] = []
        places: list[int] = []
        for number, (row, completion) in enumerate(calls):
            together = self.material.together(row, completion)
            places.append(len(items) + together.index(completion))
            items += self.material.items(row, together, str(number))
        asked = frozenset(places)

        def heard(place: int, score: Score) -> None:
            if place in asked:
                self._count_one()

        scores = self.scorer.score(self.material.grader, items, on_score=heard, fresh=True)
        for call, place in zip(calls, places, strict=True):
            self.seen[call].append(scores[place])
        return [scores[place] for place in places]

    def of(self, trial: Trial, visit: int) -> list[Score] | None:
        """The scores of a trial at its first (0) or second (1) scoring; None when a call was not scored then."""
        lists = [self.seen.get((trial.row, completion), []) for completion in trial.completions]
        return [scores[visit] for scores in lists] if all(len(scores) > visit for scores in lists) else None

    def _count_one(self) -> None:
        self.count += 1
        if self.on_progress is not None:
            self.on_progress(self.count, max(self.count, self.planned))
