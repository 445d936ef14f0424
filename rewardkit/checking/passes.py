"""Score the trials of a grader twice, the second time in fresh processes and backwards, within the time that its level gives.

What the author declared comes first, so it is scored whatever the time. A grader that hangs is given up after a few deadlines. Some calls are
made again and again: chance that strikes once in twenty calls shows (RK005).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ..scores import Score
from .judges import not_understood
from .levels import Level
from .repeating import REPEATS, calls_to_repeat, near_misses, partly_right
from .results import Skipped
from .score_book import ScoreBook
from .trials import Call, Material, Trial

_FIRST_WAVE = 4
_MOST_TIMEOUTS = 3
_SECOND_PASS_SECONDS = 30.0
_ENDLESS = 1e9
_SHARE_OF_FIRST_PASS, _SHARE_OF_ELSEWHERE = 0.5, 0.4  # of a test's time, that are left for what comes after
_CHEAP_SECONDS = 0.005  # a call under this is repeated REPEATS times, a slower one 5 times


def score_twice(book: ScoreBook, trials: Sequence[Trial]) -> list[Skipped]:
    """Score every call of the trials into the book, as far as the level's time goes; a skip line for what was left out."""
    every = list(dict.fromkeys(call for trial in trials for call in trial.calls))
    calls = [call for call in every if call.surroundings in (None, "judge")]
    elsewhere = [call for call in every if call.surroundings not in (None, "judge")]
    repeats = calls_to_repeat(book.material)
    book.planned = 2 * len(calls) + len(elsewhere) + len(repeats) * REPEATS
    time_left = _TimeLeft(book.material.level)
    declared = len({call for trial in trials if trial.declared for call in trial.calls})
    if not _in_waves(book, calls, declared, time_left):
        return [
            Skipped("RK014", f"the rest was not tried: {_MOST_TIMEOUTS} calls or more ran into the deadline")
        ]
    each = time_left.spent / max(1, book.count)
    if time_left.share > _SHARE_OF_ELSEWHERE:
        book.score(elsewhere)
    book.scorer.start_afresh(
        "sequence"
    )  # hostile answers may have left nothing for the next grader to be loaded by
    repeats += partly_right(book, calls) + near_misses(book, trials)
    again = calls if each * len(calls) < time_left.seconds(_SECOND_PASS_SECONDS) else []
    second = [call for call in again or _breached_calls(book, trials) if call in book.seen]
    times = REPEATS if each < _CHEAP_SECONDS else 5
    book.planned = book.count + len(second) + len(repeats) * times
    broken_elsewhere = [call for call in _breached_calls(book, trials) if call in set(elsewhere)]
    book.start_afresh([*second, *broken_elsewhere])
    book.score(second[::-1])
    book.score(broken_elsewhere)
    book.scorer.start_afresh("sequence")
    if each * len(repeats) * times < time_left.seconds(_SECOND_PASS_SECONDS):
        book.score([call for call in repeats for _ in range(times)])
    return [*out_of_time(book, trials, each), *_repeated_here(book.material), *not_understood(book, trials)]


def _repeated_here(material: Material) -> list[Skipped]:
    if material.grader.options.isolation != "inline":
        return []
    why = "it runs inline, so its calls were repeated in this process only"
    return [Skipped("RK005", why, 'declare isolation="process"')]


def out_of_time(book: ScoreBook, trials: Sequence[Trial], each: float | None = None) -> list[Skipped]:
    """One line for each check of which something was not tried, since the level's time was over, at `each` seconds a call."""
    level = book.material.level
    if level.seconds is None:
        return []
    untried = dict.fromkeys(trial.check for trial in trials if book.of(trial, 0) is None)
    pace = f"at {each:.2g} s a call, " if each is not None else ""
    why = f"not all of it was tried: {pace}the {level.seconds:g} s of a {level.name} test were over"
    return [Skipped(check, why, "use --deep, which takes the time it needs") for check in untried]


class _Enough(Exception):
    """No more of a wave is needed: its time is over, or too many of its calls ran into the deadline."""


class _TimeLeft:
    """The time of a test, from now on."""

    def __init__(self, level: Level) -> None:
        self._began = time.monotonic()
        self._most = level.seconds

    @property
    def spent(self) -> float:
        return time.monotonic() - self._began

    @property
    def share(self) -> float:
        """The part of the time that is left, 0 to 1."""
        return 1.0 if self._most is None else max(0.0, 1 - self.spent / self._most)

    def seconds(self, most: float) -> float:
        """How much of what is left may be used for the next thing, at most `most`."""
        return most if self._most is None else min(most, self._most * self.share / 2)


def _in_waves(book: ScoreBook, calls: Sequence[Call], declared: int, time_left: _TimeLeft) -> bool:
    """Score calls in growing waves while there is time, the first `declared` ones in any case; False when the grader is given up.

    That is when too many calls ran into the deadline. A wave is ended as soon as one of the two is known.
    """
    start, size, late = 0, _FIRST_WAVE, 0
    wave: dict[Call, Score] = {}

    def heard(call: Call, score: Score) -> None:
        wave[call] = score
        if start >= declared and time_left.share <= _SHARE_OF_FIRST_PASS:
            raise _Enough
        if late + sum(map(_is_late, wave.values())) >= _MOST_TIMEOUTS:
            raise _Enough

    book.on_score = heard
    try:
        while start < len(calls):
            book.score(calls[start : start + size])
            start, late = start + size, late + sum(map(_is_late, wave.values()))
            wave.clear()
            each = time_left.spent / start
            size = max(_FIRST_WAVE, min(size * 4, int(time_left.seconds(_ENDLESS) / max(each, 1e-6))))
    except _Enough:
        for call, score in wave.items():
            if call.judge == "" or _is_late(score):  # what a stand-in's part in a score was is not known yet
                book.seen[call].append(score)
    finally:
        book.on_score = None
    were_late = [call for call, scores in book.seen.items() if scores and _is_late(scores[0])]
    if len(were_late) < _MOST_TIMEOUTS:
        return True
    for call in were_late:  # until one is late again: one that was only slow proves nothing
        book.start_afresh([call])
        if _is_late(book.score([call])[0]):
            break
    return False


def _is_late(score: Score) -> bool:
    return score.cause == "timeout" and score.value is None


def _breached_calls(book: ScoreBook, trials: Iterable[Trial]) -> list[Call]:
    """The calls of the trials that broke in the first pass: all that a slow grader is asked for again."""
    breached = [
        trial
        for trial in trials
        if (scores := book.of(trial, 0)) and trial.expected.breach(scores) is not None
    ]
    return list(dict.fromkeys(call for trial in breached for call in trial.calls))
