"""RK005: calls whose scores differ from one time to the next, by chance, by time or by what was called before."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..scores import Score
from .expectations import Expected
from .findings import Severity
from .results import Finding
from .score_book import ScoreBook
from .trials import Call, Trial, finding_of

ROUNDS = 3
"""A call is made again in so many rounds before its unsteadiness counts as not reproduced."""

_BATCH = 20
_ROUND_CALLS = 200  # of a cheap grader: chance that strikes once in twenty calls is missed once in 10**13
_ROUND_SECONDS = 1.0  # a slow grader is called no longer than that in a round, but _BATCH times at least
_APART = 0.7  # seconds between rounds, so that a score which depends on the clock shows


def unsteady(book: ScoreBook) -> Iterator[Finding]:
    """One finding for all calls that gave two different scores; it fails only when one of them differs again."""
    differing = [
        call
        for call, scores in book.seen.items()
        if _is_at_home(call) and Expected("same").breach(scores) is not None
    ]
    if not differing:
        return
    call = min(differing, key=lambda call: len(call.completion))
    judges = (call.judge,) if call.judge else ()
    trial = Trial(
        "RK005",
        call.row,
        (call.completion,),
        Expected("same"),
        call.row.where,
        surroundings=call.surroundings,
        judges=judges,
    )
    seen = list(book.seen[call])
    again = repeat(book, trial)
    index = trial.expected.breach(seen) or 0
    severity: Severity = "fail" if trial.expected.breach(again) is not None else "warn"
    yield finding_of(book.material, trial, seen, index, severity, similar=len(differing) - 1)


def _is_at_home(call: Call) -> bool:
    return call.surroundings is None or call.judge in ("best", "worst")


def repeat(book: ScoreBook, trial: Trial) -> list[Score]:
    """The scores of the same call made until two differ, in ROUNDS rounds at most, in fresh processes."""
    book.start_afresh(trial.calls)
    scores: list[Score] = []
    for number in range(ROUNDS):
        time.sleep(_APART * (number > 0))
        scores += _round(book, trial, scores)
        if trial.expected.breach(scores) is not None:
            break
    return scores


def _round(book: ScoreBook, trial: Trial, before: list[Score]) -> list[Score]:
    """The same call in batches until a score differs from those before it, or it has been made often or long enough."""
    until = time.monotonic() + _ROUND_SECONDS
    scores: list[Score] = []
    while len(scores) < _ROUND_CALLS:
        scores += book.score(trial.calls * _BATCH)
        if trial.expected.breach([*before, *scores]) is not None or time.monotonic() >= until:
            break
    return scores
