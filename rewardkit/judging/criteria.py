"""Criteria of a rubric, and the score of an answer by the verdicts on them.

    >>> criteria = (Criterion("cites", "Names the section of the policy.", points=2), Criterion("invents", "States what the policy does not say.", points=-3))
    >>> total(criteria, {"cites": "met", "invents": "unmet"})
    1.0

The score is the points earned over the sum of the positive points, kept within 0 and 1. A criterion with negative points describes a
harm; meeting it takes points away. One with `choices` has more than two verdicts: the last earns all of its points, the first none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import GraderError

MET, UNMET = "met", "unmet"

_MOST_POINTS = 1e6
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a judge looks for in an answer.

    id: its name in verdicts, labels and components: a letter, then letters, digits, `_` and `-`.
    text: what is to be found, in one sentence that is true or false of an answer; `{column}` stands for a column of the sample.
    points: what meeting it is worth; negative for a harm. Finite and not 0.
    choices: verdicts from the worst to the best, two or more; empty: met or unmet.
    required: an answer that does not fully meet it scores 0, whatever else it meets. Only with positive points.
    group: criteria of one group are asked about in one call, and shown together.
    """

    id: str
    text: str
    points: float = 1.0
    choices: tuple[str, ...] = ()
    required: bool = False
    group: str = ""

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Every verdict there is, from the one that earns nothing to the one that earns all of its points."""
        return self.choices or (UNMET, MET)

    def share(self, verdict: str) -> float:
        """The share of its points that a verdict earns, 0 to 1; ValueError for one that is not allowed."""
        if verdict not in self.verdicts:
            raise ValueError(f"{verdict!r} is no verdict on '{self.id}'; allowed: {', '.join(self.verdicts)}")
        return self.verdicts.index(verdict) / (len(self.verdicts) - 1)

    def verdict(self, share: float) -> str:
        """The verdict that earns this share, 0 to 1, of its points: the inverse of `share`."""
        return self.verdicts[round(share * (len(self.verdicts) - 1))]


def check_criteria(criteria: Sequence[Criterion], where: str) -> None:
    """GraderError, at `where`, for criteria that make no rubric: none, a name given twice, nothing that could be earned."""
    if not criteria:
        raise GraderError("a rubric needs criteria", where=where)
    for criterion in criteria:
        _check(criterion, where)
    names = Counter(criterion.id for criterion in criteria)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise GraderError(f"criterion '{twice[0]}' is there twice; ids must differ", where=where)
    if not any(criterion.points > 0 for criterion in criteria):
        raise GraderError(
            "no criterion has positive points, so an answer that does nothing would be the best one; add what a good answer does",
            where=where,
        )


def total(criteria: Iterable[Criterion], verdicts: Mapping[str, str]) -> float:
    """The score, 0 to 1, of an answer on which these are the verdicts, by the criteria's ids.

    KeyError when one is missing, ValueError when one is not allowed: a judge that left something out gave no score.
    """
    earned = possible = 0.0
    failed = False
    for criterion in criteria:
        share = criterion.share(verdicts[criterion.id])
        earned += criterion.points * share
        possible += max(criterion.points, 0.0)
        failed |= criterion.required and share < 1
    return 0.0 if failed else min(1.0, max(0.0, earned / possible))


def _check(criterion: Criterion, where: str) -> None:
    name = criterion.id
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise GraderError(
            f"criterion id {name!r} must be a letter followed by letters, digits, _ or -", where=where
        )
    if not isinstance(criterion.text, str) or not criterion.text.strip():
        raise GraderError(f"criterion '{name}' needs a text: what a judge looks for", where=where)
    if isinstance(criterion.points, bool) or not isinstance(criterion.points, int | float):
        raise GraderError(f"criterion '{name}': points={criterion.points!r} must be a number", where=where)
    if criterion.points == 0 or not abs(criterion.points) <= _MOST_POINTS:
        raise GraderError(
            f"criterion '{name}': points={criterion.points!r:.40} must be finite and not 0, within a million",
            where=where,
        )
    choices = criterion.choices
    if not isinstance(choices, tuple) or not all(
        isinstance(choice, str) and choice.strip() for choice in choices
    ):
        raise GraderError(
            f"criterion '{name}': choices={choices!r} must be texts, from the worst to the best", where=where
        )
    if len(choices) == 1 or len({choice.casefold() for choice in choices}) < len(choices):
        raise GraderError(
            f"criterion '{name}': choices={choices!r} must be two or more that differ", where=where
        )
    if criterion.required and criterion.points < 0:
        raise GraderError(
            f"criterion '{name}': a harm cannot be required; word it as what a good answer does", where=where
        )
