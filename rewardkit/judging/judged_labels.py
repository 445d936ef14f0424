"""A rubric applied to the completions that people have labelled: what is asked, and what the judge's scores say, criterion by criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..errors import GraderError, did_you_mean
from ..grader import BUILT_IN, Grader
from ..samples import Sample
from ..scores import Score
from ..scoring import Item, item_of
from .criteria import Criterion
from .declared import declared_of
from .labels import VerdictLabel
from .pooling import Key


@dataclass(frozen=True, slots=True)
class Labelled:
    """A completion that somebody has labelled."""

    sample: Sample
    completion: str

    @property
    def key(self) -> Key:
        """What it is called in a calibration."""
        return self.sample.id, self.completion

    @property
    def item(self) -> Item:
        """What the scorer is given."""
        return item_of(self.sample, self.completion)


@dataclass(slots=True)
class JudgedLabels:
    """What the judge said of them: verdicts and reasons by criterion id, of those that were scored; the others are counted by cause."""

    verdicts: dict[Key, list[dict[str, str]]] = field(default_factory=dict)
    reasons: dict[Key, dict[str, str]] = field(default_factory=dict)
    unscored: Counter[str] = field(default_factory=Counter)

    def add(self, criteria: Sequence[Criterion], labelled: Labelled, score: Score) -> None:
        """Take in the rubric's score of one; its components hold the share that each verdict earned."""
        if score.value is None:
            self.unscored[str(score.cause)] += 1
            return
        parts = {part.name: part for part in score.components}
        self.verdicts[labelled.key] = [
            {each.id: each.verdict(parts[each.id].value or 0.0) for each in criteria}
        ]
        self.reasons[labelled.key] = {each.id: parts[each.id].reason for each in criteria}


def labelled_in(labels: Iterable[VerdictLabel]) -> list[Labelled]:
    """Each completion of each sample once, in the order of the labels."""
    found: dict[Key, Labelled] = {}
    for label in labels:
        one = Labelled(label.sample, label.completion)
        known = found.setdefault(one.key, one)
        if len(one.sample.columns) > len(known.sample.columns):  # others may have left them out
            found[one.key] = one
    return list(found.values())


def criteria_of(rubric: Grader, labelled: Sequence[Labelled]) -> tuple[Criterion, ...]:
    """The rubric's criteria, which must have the same ids, choices and points on every sample.

    GraderError for a sample without a column that it asks for, and for criteria that differ.
    """
    found: tuple[Criterion, ...] = ()
    for one in labelled:
        row = one.item.columns
        for name in rubric.needs:
            if name not in row and name not in BUILT_IN:
                raise GraderError(
                    f"it asks for '{name}', which the label in {one.sample.where} does not have; its \"columns\": "
                    f"{', '.join(one.sample.columns) or 'none'}.{did_you_mean(name, one.sample.columns)}",
                    where=str(rubric),
                )
        criteria = declared_of(rubric).criteria(row)
        if found and _shape(criteria) != _shape(found):
            raise GraderError(
                f"its criteria for {one.sample.where} differ from those for {labelled[0].sample.where} in more than their texts; a calibration "
                "is of one set of ids, choices and points",
                where=str(rubric),
            )
        found = found or criteria
    return found


def _shape(criteria: Iterable[Criterion]) -> list[tuple[object, ...]]:
    return [(each.id, each.verdicts, each.points, each.required) for each in criteria]
