"""What graders say about the right answers of their rows: the reason that a component gives for full marks.

A grader may say there what the answer was held against, as the SQL grader does ("right on the given rows and 4 generated instances, which
tell 58 of 60 wrong variants apart"). That is no finding, but the author should see it before the grader drives training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..scores import Score
from .results import Note
from .score_book import ScoreBook
from .trials import Material, Trial

_RIGHT_ANSWERS = ("RK100", "RK101")


def notes_of(material: Material, trials: Sequence[Trial], book: ScoreBook) -> tuple[Note, ...]:
    """One note for each row whose right answer got full marks with a reason, in the order of the rows."""
    found: dict[str, Note] = {}
    for trial in trials:
        scores = book.of(trial, 0) if trial.check in _RIGHT_ANSWERS and trial.row.id not in found else None
        for text in _reasons(scores[0], material.grader.options.solved_at) if scores else ():
            found[trial.row.id] = Note(trial.row.id, trial.where or trial.row.where, text)
    return tuple(found.values())


def _reasons(score: Score, solved_at: float) -> Iterator[str]:
    """The reason of the last component that says why it is full."""
    if score.value is None or score.value < solved_at:
        return
    said = [part.reason for part in score.components if part.value == 1.0 and part.reason]
    if said:
        yield said[-1]
