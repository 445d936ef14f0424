"""Right answers from a column that was only guessed: those that the grader accepts are used, the others say nothing about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..scoring import Scorer
from .known_rows import KnownRow
from .results import Skipped
from .score_book import ScoreBook
from .trials import Call, Material

_FIRST = 8


def accepted_golds(scorer: Scorer, material: Material, path: str) -> tuple[Sequence[KnownRow], list[Skipped]]:
    """The rows with those golds of the data that earn full marks, and a line on the others. When none of the first few does, none is used."""
    calls = [Call(row, gold) for row in material.rows if row.from_data for gold in row.golds]
    book = ScoreBook(scorer, material)
    full = material.grader.options.solved_at
    accepted: set[Call] = set()
    for some in (calls[:_FIRST], calls[_FIRST:]):
        scores = book.score(some)
        accepted |= {
            call
            for call, score in zip(some, scores, strict=True)
            if score.value is not None and score.value >= full
        }
        if not accepted:
            break
    rows = [
        replace(row, golds=tuple(gold for gold in row.golds if Call(row, gold) in accepted))
        if row.from_data
        else row
        for row in material.rows
    ]
    refused = len(calls) - len(accepted)
    if not refused:
        return rows, []
    why = f"{refused} of the {len(calls)} texts in the guessed column '{path}' do not earn full marks, and were not taken as right answers"
    return rows, [Skipped("RK101", why, f"--column gold={path} takes them as right")]
