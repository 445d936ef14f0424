"""Who has labelled what, what comes next, and on which side each of two completions stands."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from ...errors import DataError
from ..label_file import LabelFile
from ..labels import SIDES, ComparisonLabel, Label, Preferred, VerdictLabel
from .items import Item
from .rubric import Rubric


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rater has said of an item as it is shown: verdicts, or the preferred side (a, b, tie, or empty); `better` is the text that stands there."""

    verdicts: Mapping[str, str] = field(default_factory=dict)
    preferred: Preferred = ""
    better: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The items of one sitting with their rubric and the file of labels. Numbers of items begin at 1; `rater` is set when only one works.

    `rubric_file` is where the rubric was read: beside it may be a calibration of its judge.
    """

    name: str
    rubric: Rubric
    items: Sequence[Item]
    labels: LabelFile
    compare: bool = False
    seed: int = 0
    rater: str = ""
    rubric_file: Path | None = None

    def shown(self, number: int, rater: str) -> Item:
        """The item as that rater sees it: two completions change sides at random, by the seed, the rater and the prompt."""
        item = self.items[number - 1]
        if self.compare and random.Random(f"{self.seed} {rater} {item.key}").random() < 0.5:
            return replace(item, completions=item.completions[::-1])
        return item

    def answers(self, item: Item) -> dict[str, Answer]:
        """What each rater has said of an item as it is shown."""
        labels = self.labels.of(item.sample, item.completions)
        return {rater: self._answer(item, label) for rater, label in labels.items()}

    def answer(self, item: Item, rater: str) -> Answer:
        """What that rater has said of it, if anything."""
        label = self.labels.of(item.sample, item.completions).get(rater)
        return self._answer(item, label) if label is not None else Answer()

    def _answer(self, item: Item, label: Label) -> Answer:
        """The label turned as the item is shown, as far as the rubric still has those verdicts."""
        if isinstance(label, ComparisonLabel):
            preferred: Preferred = label.preferred
            if label.better:
                preferred = "a" if label.better == item.completions[0] else "b"
            return Answer(preferred=preferred, better=label.better, note=label.note)
        allowed = {criterion.id: criterion.verdicts for criterion in self.rubric.criteria}
        verdicts = {name: each for name, each in label.verdicts.items() if each in allowed.get(name, ())}
        return Answer(verdicts, note=label.note)

    def is_done(self, item: Item, rater: str) -> bool:
        """Whether nothing is left to say of the item."""
        answer = self.answer(item, rater)
        return bool(answer.preferred) if self.compare else len(answer.verdicts) == len(self.rubric.criteria)

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
        sample = replace(item.sample, columns=self.rubric.columns_of(item.sample))
        label: Label
        if self.compare:
            left, right = item.completions
            label = ComparisonLabel(sample, left, right, cast(Preferred, preferred), rater, note)
        else:
            label = VerdictLabel(sample, item.completions[0], rater, verdicts, note)
        self.labels.append(label)
