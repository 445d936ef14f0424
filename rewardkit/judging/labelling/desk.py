"""Who has labelled what, what comes next, and on which side each of two completions stands."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...errors import DataError
from .items import Item
from .rubric import Rubric
from .saved import SIDES, TIE, Label, LabelFile, line_of


@dataclass(frozen=True, slots=True)
class Desk:
    """The items of one sitting with their rubric and the file of labels. Numbers of items begin at 1; `rater` is set when only one works."""

    name: str
    rubric: Rubric
    items: Sequence[Item]
    labels: LabelFile
    compare: bool = False
    seed: int = 0
    rater: str = ""

    def shown(self, number: int, rater: str) -> Item:
        """The item as that rater sees it: two completions change sides at random, by the seed, the rater and the prompt."""
        item = self.items[number - 1]
        if self.compare and random.Random(f"{self.seed} {rater} {item.key}").random() < 0.5:
            return replace(item, completions=item.completions[::-1])
        return item

    def label(self, item: Item, rater: str) -> Label:
        """What the rater has said of an item as it is shown, as far as the rubric still has those verdicts."""
        saved = self.labels.of(item).get(rater, Label(rater))
        allowed = {criterion.id: criterion.verdicts for criterion in self.rubric.criteria}
        verdicts = {name: each for name, each in saved.verdicts.items() if each in allowed.get(name, ())}
        if saved.preferred in ("a", "b"):
            side = "a" if saved.better == item.completions[0] else "b"
            return replace(saved, verdicts=verdicts, preferred=side)
        return replace(saved, verdicts=verdicts)

    def is_done(self, item: Item, rater: str) -> bool:
        """Whether nothing is left to say of the item."""
        label = self.label(item, rater)
        return bool(label.preferred) if self.compare else len(label.verdicts) == len(self.rubric.criteria)

    def count_done(self, rater: str) -> int:
        """How many items the rater is done with."""
        return sum(self.is_done(item, rater) for item in self.items)

    def next_open(self, rater: str, after: int = 0) -> int | None:
        """The number of the first item after that one which the rater is not done with."""
        numbers = range(after + 1, len(self.items) + 1)
        return next((n for n in numbers if not self.is_done(self.items[n - 1], rater)), None)

    def save(
        self, number: int, rater: str, *, verdicts: Mapping[str, str], preferred: str, note: str
    ) -> None:
        """Write the label; DataError for a verdict that is not allowed, CannotWrite when the disk does not take it."""
        item = self.shown(number, rater)
        criteria = {criterion.id: criterion for criterion in self.rubric.criteria}
        for name, verdict in verdicts.items():
            if name not in criteria or verdict not in criteria[name].verdicts:
                raise DataError(f"{verdict!r:.60} is no verdict on {name!r:.60}")
        if preferred not in (*SIDES, ""):
            raise DataError(f"preferred={preferred!r:.60}; allowed: {', '.join(SIDES)}")
        better = "" if preferred in (TIE, "") else item.completions[SIDES.index(preferred)]
        label = Label(rater, verdicts, preferred, better, note)
        self.labels.save(line_of(item, label, self.rubric.columns_of(item.sample)))
