"""What graders say about the right answers of their rows: the reasons of components with full marks that start with "note: ".

    yield "exact", right, "the rows differ" if not right else "note: right on 5 databases, which tell 58 of 60 wrong variants apart"

That is no finding, but the author should see what an answer was held against before the grader drives training. A combination passes on
the notes of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..scores import NOTE, Score
from .results import Note
from .score_book import ScoreBook
from .trials import Material, Trial

_RIGHT_ANSWERS = ("RK100", "RK101")


def notes_of(material: Material, trials: Sequence[Trial], book: ScoreBook) -> tuple[Note, ...]:
    """One note for each row whose right answer got full marks with a reason, in the order of the rows."""
    found: dict[str, Note] = {}
    for trial in trials:
        scores = book.of(trial, 0) if trial.check in _RIGHT_ANSWERS and trial.row.id not in found else None
        if scores and (text := _said(scores[0], material.grader.options.solved_at)):
            found[trial.row.id] = Note(trial.row.id, trial.where or trial.row.where, text)
    return tuple(found.values())


def _said(score: Score, solved_at: float) -> str:
    """The note of a score that is full."""
    full = score.value is not None and score.value >= solved_at
    return score.note.removeprefix(NOTE) if full else ""
