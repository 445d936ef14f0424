"""Which calls are made again and again (RK005): chance that strikes once in twenty calls shows in some of them.

A grader that looks at a part of something drawn by chance gives the same score to what is quite right or quite wrong, so answers that are
nearly right and parts of right ones are among them, and more of these where the grader's source names something that draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..scoring.stand_in_judge import asks_a_judge
from .score_book import ScoreBook
from .sources import draws
from .trials import Call, Material, Trial

REPEATS = 40

OF_MUTANTS = ("RK114", "RK115", "RK116", "RK117")
"""Checks whose trials are right answers made wrong."""

_ROWS = 2
_MOST_PARTLY = 3
_MOST_NEAR_MISSES = 8
_MOST_CUTS, _MOST_CUTS_WHERE_DRAWN = 6, 60
_QUARTERS = (1, 2, 3)


def calls_to_repeat(material: Material) -> list[Call]:
    """Right, wrong and empty completions, and parts of right ones, to call many times."""
    texts = [
        (row, text)
        for row in material.different_rows(_ROWS)
        for text in (*row.right_answers[:1], *row.wrongs[:3], "no answer here", "")
    ]
    if asks_a_judge(material.grader):
        return [Call(row, text, "judge", "worst") for row, text in texts]
    most = _MOST_CUTS_WHERE_DRAWN if draws(material.grader) else _MOST_CUTS
    return [Call(row, text) for row, text in texts] + cut(material, most=most)


def partly_right(book: ScoreBook, calls: Sequence[Call]) -> list[Call]:
    """A few calls that earned neither nothing nor all: where a share of something is drawn by chance, they show it."""
    low, high = book.material.span
    scored = [(call, scores[0].value) for call in calls if (scores := book.seen.get(call))]
    partly = [call for call, value in scored if value is not None and low < value < high]
    return partly[:_MOST_PARTLY]


def near_misses(book: ScoreBook, trials: Iterable[Trial]) -> list[Call]:
    """A few answers that are nearly right: where what is looked at is drawn by chance, they pass at times."""
    near = [
        call
        for trial in trials
        if trial.check in ("RK102", "RK106", *OF_MUTANTS) and not trial.guessed and book.of(trial, 0)
        for call in trial.calls
    ]
    near = list(dict.fromkeys(near))
    return near[:: max(1, len(near) // _MOST_NEAR_MISSES)][:_MOST_NEAR_MISSES]


def cut(material: Material, *, most: int) -> list[Call]:
    """Parts of right answers to one row after the other, at most so many."""
    rows = material.different_rows(most, lambda row: row.right_answers)
    calls = [Call(row, text) for row in rows for text in _parts(row.right_answers[0])]
    return list(dict.fromkeys(calls))[:most]


def _parts(answer: str) -> Iterator[str]:
    """The beginnings and the ends of an answer, and each of its words."""
    for quarter in _QUARTERS:
        place = len(answer) * quarter // 4
        yield answer[:place]
        yield answer[place:]
    yield from answer.split()[:_MOST_CUTS]
