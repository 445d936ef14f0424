"""RK005: calls whose scores differ from one time to the next, by chance, by time or by what was called before."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from ..scores import Score
from .expectations import Expected
from .findings import Severity
from .results import Finding
from .score_book import ScoreBook
from .trials import Call, Trial, finding_of

ROUNDS = 5
"""A call is made again in so many rounds before its unsteadiness counts as not reproduced."""

_BATCH = 20
_ROUND_CALLS = 200  # of a cheap grader: chance that strikes once in twenty calls is missed once in 10**13
_ROUND_SECONDS = 1.0  # a slow grader is called no longer than that in a round, but _BATCH times at least
_APART = 0.7  # seconds between the first rounds, so that a score which depends on the clock shows
_ROUNDS_APART = 3
_MOST_OTHERS = 30
_MOST_SECONDS = 20.0  # after two rounds no further one is begun, nor another call tried


def unsteady(book: ScoreBook) -> Iterator[Finding]:
    """One finding for all calls that gave two different scores; it fails only when one of them differs again."""
    differing = [
        call
        for call, scores in book.seen.items()
        if _is_at_home(call) and Expected("same").breach(scores) is not None
    ]
    if not differing:
        return
    trials = [once_more(call) for call in _shortest_longest_middle(differing)]
    until = time.monotonic() + _MOST_SECONDS
    in_time = takewhile(lambda trial: trial is trials[0] or time.monotonic() < until, trials)
    reproduced = next((trial for trial in in_time if _differs_again(book, trial)), None)
    trial = reproduced or trials[0]
    seen = list(book.seen[trial.calls[-1]])
    index = trial.expected.breach(seen) or 0
    severity: Severity = "fail" if reproduced else "warn"
    yield finding_of(book.material, trial, seen, index, severity, similar=len(differing) - 1)


def _differs_again(book: ScoreBook, trial: Trial) -> bool:
    others = others_than(trial.calls[-1], book.seen)
    return trial.expected.breach(repeat(book, trial, others)) is not None


def _shortest_longest_middle(calls: Sequence[Call]) -> list[Call]:
    ordered = sorted(calls, key=lambda call: len(call.completion))
    return list(dict.fromkeys((ordered[0], ordered[-1], ordered[len(ordered) // 2])))


def once_more(call: Call) -> Trial:
    """The trial that a call gives the same score whenever it is made."""
    return Trial(
        "RK005",
        call.row,
        (call.completion,),
        Expected("same"),
        call.row.where,
        surroundings=call.surroundings,
        judges=(call.judge,) if call.judge else (),
    )


def others_than(call: Call, calls: Iterable[Call]) -> list[Call]:
    """The other calls, some of which are made before this one."""
    return [other for other in calls if other != call and other.surroundings is None]


def _is_at_home(call: Call) -> bool:
    return call.surroundings is None or call.judge in ("best", "worst")


def repeat(book: ScoreBook, trial: Trial, others: Sequence[Call] = ()) -> list[Score]:
    """The scores of the same call made until two differ, in ROUNDS rounds at most, each in fresh processes.

    Before all rounds but the first some of `others` are called, each time other ones: a score may depend on what was scored before.
    """
    scores: list[Score] = []
    until = time.monotonic() + _MOST_SECONDS
    before = [(), *_some_of([call for call in others if call not in trial.calls])]
    for number in range(ROUNDS):
        book.start_afresh(trial.calls)
        time.sleep(_APART * (0 < number < _ROUNDS_APART))
        book.score(before[number % len(before)])
        scores += _round(book, trial, scores)
        if trial.expected.breach(scores) is not None or (number and time.monotonic() > until):
            break
    return scores


def _some_of(calls: Sequence[Call]) -> list[Sequence[Call]]:
    """The first, the shortest, the longest and the last of them."""
    by_length = sorted(calls, key=lambda call: len(call.completion))
    return [calls[:_MOST_OTHERS], by_length[:_MOST_OTHERS], by_length[-_MOST_OTHERS:], calls[-_MOST_OTHERS:]]


def _round(book: ScoreBook, trial: Trial, before: list[Score]) -> list[Score]:
    """The same call in batches until a score differs from those before it, or it has been made often or long enough."""
    until = time.monotonic() + _ROUND_SECONDS
    scores: list[Score] = []
    while len(scores) < _ROUND_CALLS:
        scores += book.score(trial.calls * _BATCH)
        if trial.expected.breach([*before, *scores]) is not None or time.monotonic() >= until:
            break
    return scores
