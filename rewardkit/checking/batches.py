"""A function that scores a batch gives each completion the score that it has alone (RK009). TRL calls its reward functions with batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..interop.trl_functions import BESIDE, takes_batches
from ..scoring import Item
from ..scoring.items import values_for
from .expectations import Expected
from .known_rows import KnownRow
from .results import Skipped
from .trials import Material, Planned, Trial

_MOST_ROWS = 4


def in_batches(material: Material) -> Planned:
    """RK009: right and wrong answers score in a batch, first, last or between others, what they score alone."""
    if not takes_batches(material.grader):
        return
    rows = material.different_rows(_MOST_ROWS, lambda row: row.right_answers)
    if len(rows) < 2:
        yield Skipped("RK009", "it needs two rows with different references", "add rows to --data")
        return
    for number, row in enumerate(rows):
        others = [other for other in rows if other is not row]
        middle = len(others) // 2
        places = ((), others), (others, ()), (others[:middle], others[middle:])
        before, after = places[number % len(places)]
        for text in dict.fromkeys((*row.right_answers[:1], *row.wrongs[:1], "no answer here")):
            expected = Expected("same", note=f"alone, and not as number {len(before) + 1} of {len(rows)}")
            batch = _beside(material, row, before, after)
            yield Trial(
                "RK009", batch, (text, text), expected, row.where, provable=False, sound=False, alone=row
            )


def _beside(
    material: Material, row: KnownRow, before: Sequence[KnownRow], after: Sequence[KnownRow]
) -> KnownRow:
    """The row, called in one batch with right answers to others."""
    beside = tuple(
        [values_for(material.grader, Item(other.right_answers[0], other.columns)) for other in others]
        for others in (before, after)
    )
    return replace(row, id=f"{row.id} in a batch", columns={**row.columns, BESIDE: beside})
