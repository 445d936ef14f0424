"""What graders say about the right answers of their rows: the reasons of components with full marks that start with "note: ".

    yield "exact", right, "the rows differ" if not right else "note: right on 5 databases, which tell 58 of 60 wrong variants apart"

That is no finding, but the author should see what an answer was held against before the grader drives training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..scores import Score
from .results import Note
from .score_book import ScoreBook
from .trials import Material, Trial

MARK = "note: "
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
    """The last note of a score that is full."""
    if score.value is not None and score.value >= solved_at:
        said = [part.reason for part in score.components if part.reason.startswith(MARK)]
        yield from (text.removeprefix(MARK) for text in said[-1:])
