"""Test one grader: plan its trials, score them twice (the second time in fresh processes and backwards), and keep what broke both times.

    report = check_grader(scorer, grader, known_rows(grader, data), seed=0)

Everything goes through the one scorer. A grader that hangs is given up after a few deadlines, so that it costs no more than that.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..cases import Case, Order, Probe
from ..grader import Grader
from ..scoring import Scorer
from .accepting import findings_of
from .contract import REPEATS, calls_to_repeat, odd_texts, sound_calls
from .declared import marks, right_answers, wrong_answers
from .discrimination import missing_reference, nothing_in_form, null_answers, other_rows_answers, prompt_echo
from .gaming import cheats, empty_tags, longer_and_longer, noise
from .grouping import for_groups
from .invariance import other_writings, outer_space, typographic
from .judges import judge_fails, not_understood, with_stand_in
from .known_rows import KnownRow
from .levels import DEFAULT, Level
from .mutation import ambiguous_dates, mutated_answers, other_offsets, other_references
from .notes import notes_of
from .results import Counts, GraderReport, Skipped
from .score_book import Progress, ScoreBook
from .source_mutants import with_source_mutants
from .surroundings import after_hostile_answers, other_surroundings, watched_calls
from .trials import Call, Material, Planned, Planner, Role, Trial

PLANNERS: tuple[Planner, ...] = (
    marks,
    right_answers,
    wrong_answers,
    other_rows_answers,
    null_answers,
    nothing_in_form,
    prompt_echo,
    missing_reference,
    other_references,
    mutated_answers,
    ambiguous_dates,
    other_offsets,
    noise,
    cheats,
    empty_tags,
    longer_and_longer,
    outer_space,
    other_writings,
    typographic,
    odd_texts,
    other_surroundings,
    watched_calls,
    after_hostile_answers,
    judge_fails,
)
"""Every check, in the order in which its trials are scored: what the author declared comes first."""

_OF_MUTANTS = ("RK114", "RK115", "RK116", "RK117")
_FIRST_WAVE = 4
_MOST_TIMEOUTS = 3
_MOST_PARTLY = 3
_MOST_NEAR_MISSES = 8
_SECOND_PASS_SECONDS = 30.0
_ENDLESS = 1e9
_SHARE_OF_FIRST_PASS, _SHARE_OF_ELSEWHERE = 0.5, 0.4  # of a test's time, that are left for what comes after
_SLOW_TO_ENTER = ("hash", "clock", "threads", "sequence")
_CHEAP_SECONDS = 0.005  # a call under this is repeated REPEATS times, a slower one 5 times


def plan(material: Material) -> tuple[list[Trial], list[Skipped]]:
    """Every trial of a grader, the contract of each call among them, and what cannot be tried."""
    entries: Planned = (entry for planner in PLANNERS for entry in planner(material))
    entries = with_stand_in(material, entries)
    if material.grader.in_groups:
        entries = for_groups(entries, reference_free=material.reference_free)
    planned = list(entries)
    skipped = [entry for entry in planned if isinstance(entry, Skipped)]
    trials = [entry for entry in planned if isinstance(entry, Trial)]
    if not material.level.surroundings:
        left_out = dict.fromkeys(trial.check for trial in trials if trial.surroundings in _SLOW_TO_ENTER)
        trials = [trial for trial in trials if trial.surroundings not in _SLOW_TO_ENTER]
        skipped += [Skipped(check, "it takes other processes; a fast test starts none") for check in left_out]
    others = [trial for trial in trials if trial.expected.kind != "sound"]
    return [*others, *sound_calls(trials)], skipped


def check_grader(
    scorer: Scorer,
    grader: Grader,
    rows: Sequence[KnownRow],
    *,
    seed: int = 0,
    role: Role = "whole",
    level: Level = DEFAULT,
    on_progress: Progress | None = None,
) -> GraderReport:
    """The report of one grader on its rows. `on_progress(done, of)` counts scored completions.

    Raises GraderError when workers cannot load it; whatever it does to a completion is a finding.
    """
    began = time.monotonic()
    material = Material(grader, rows, seed, role, level)
    trials, skipped = plan(material)
    book = ScoreBook(scorer, material, on_progress)
    skipped += _score_twice(book, trials)
    findings, more_skipped = findings_of(material, trials, book)
    report = GraderReport(
        grader.name,
        grader.where.rpartition(":")[0],
        grader.where,
        _counts(grader, rows, book, trials),
        tuple(findings),
        (*skipped, *more_skipped),
        notes_of(material, trials, book),
        time.monotonic() - began,
    )
    if not level.source:
        return report
    changed = with_source_mutants(report, material, trials, on_progress=on_progress)
    return replace(changed, seconds=time.monotonic() - began)


def _score_twice(book: ScoreBook, trials: Sequence[Trial]) -> list[Skipped]:
    every = list(dict.fromkeys(call for trial in trials for call in trial.calls))
    calls = [call for call in every if call.surroundings in (None, "judge")]
    elsewhere = [call for call in every if call.surroundings not in (None, "judge")]
    repeats = calls_to_repeat(book.material)
    book.planned = 2 * len(calls) + len(elsewhere) + len(repeats) * REPEATS
    time_left = _TimeLeft(book.material.level)
    if not _in_waves(book, calls, time_left):
        return [
            Skipped("RK014", f"the rest was not tried: {_MOST_TIMEOUTS} calls or more ran into the deadline")
        ]
    each = time_left.spent / max(1, book.count)
    if time_left.share > _SHARE_OF_ELSEWHERE:
        book.score(elsewhere)
    book.scorer.start_afresh(
        "sequence"
    )  # hostile answers may have left nothing for the next grader to be loaded by
    repeats += _partly_right(book, calls) + _near_misses(book, trials)
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
    return [*_out_of_time(book, trials, each), *_repeated_here(book.material), *not_understood(book, trials)]


def _repeated_here(material: Material) -> list[Skipped]:
    if material.grader.options.isolation != "inline":
        return []
    why = "it runs inline, so its calls were repeated in this process only"
    return [Skipped("RK005", why, 'declare isolation="process"')]


def _out_of_time(book: ScoreBook, trials: Sequence[Trial], each: float) -> list[Skipped]:
    """One line for each check of which something was not tried, since the level's time was over."""
    untried = dict.fromkeys(trial.check for trial in trials if book.of(trial, 0) is None)
    level = book.material.level
    why = f"not all of it was tried: at {each:.2g} s a call the {level.seconds:g} s of a {level.name} test were over"
    return [Skipped(check, why, "use --deep, which takes the time it needs") for check in untried]


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


def _in_waves(book: ScoreBook, calls: Sequence[Call], time_left: _TimeLeft) -> bool:
    """Score calls in growing waves, while there is time; False when too many of them ran into the deadline to go on."""
    start, size, timeouts = 0, _FIRST_WAVE, 0
    declared = len(book.material.grader.marks)
    while start < len(calls):
        scores = book.score(calls[start : start + size])
        timeouts += sum(score.cause == "timeout" and score.value is None for score in scores)
        if timeouts >= _MOST_TIMEOUTS:
            book.start_afresh()
            book.score(_timed_out(book)[:1])
            return False
        start += size
        each = time_left.spent / start
        size = max(_FIRST_WAVE, min(size * 4, int(time_left.seconds(_ENDLESS) / max(each, 1e-6))))
        if start >= declared and time_left.share <= _SHARE_OF_FIRST_PASS:
            break
    return True


def _partly_right(book: ScoreBook, calls: Sequence[Call]) -> list[Call]:
    """A few calls that earned neither nothing nor all: where a share of something is drawn by chance, they show it."""
    low, high = book.material.span
    scored = [(call, scores[0].value) for call in calls if (scores := book.seen.get(call))]
    partly = [call for call, value in scored if value is not None and low < value < high]
    return partly[:_MOST_PARTLY]


def _near_misses(book: ScoreBook, trials: Iterable[Trial]) -> list[Call]:
    """A few answers that are nearly right: where what is looked at is drawn by chance, they pass at times."""
    near = [
        call
        for trial in trials
        if trial.check in ("RK102", "RK106", *_OF_MUTANTS) and not trial.guessed and book.of(trial, 0)
        for call in trial.calls
    ]
    near = list(dict.fromkeys(near))
    return near[:: max(1, len(near) // _MOST_NEAR_MISSES)][:_MOST_NEAR_MISSES]


def _timed_out(book: ScoreBook) -> list[Call]:
    return [call for call, scores in book.seen.items() if scores[0].cause == "timeout"]


def _breached_calls(book: ScoreBook, trials: Iterable[Trial]) -> list[Call]:
    """The calls of the trials that broke in the first pass: all that a slow grader is asked for again."""
    breached = [
        trial
        for trial in trials
        if (scores := book.of(trial, 0)) and trial.expected.breach(scores) is not None
    ]
    return list(dict.fromkeys(call for trial in breached for call in trial.calls))


def _counts(grader: Grader, rows: Sequence[KnownRow], book: ScoreBook, trials: Sequence[Trial]) -> Counts:
    kinds = [type(mark) for mark in grader.marks]
    mutants = [
        (trial, scores)
        for trial in trials
        if trial.check in _OF_MUTANTS and not trial.guessed and (scores := book.of(trial, 0))
    ]
    return Counts(
        kinds.count(Case),
        kinds.count(Order),
        kinds.count(Probe),
        sum(row.from_data for row in rows),
        book.count,
        len(mutants),
        sum(trial.expected.breach(scores) is None for trial, scores in mutants),
    )
