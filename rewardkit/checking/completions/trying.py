"""The trials of RK404 and RK406 on the completions that score highest: scored twice, the second time in fresh processes.

An id names a trial by its row and completions, so a replay looks for it among the trials of all completions, whatever they scored.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ...scoring import Scorer
from ..accepting import Breach, breaches
from ..expectations import Expected, contract_breach
from ..findings import Severity
from ..passes import out_of_time
from ..results import Finding, Skipped
from ..score_book import Progress, ScoreBook
from ..trials import Call, Material, Trial, finding_of
from ..written import not_here
from .copies import copies
from .grading import Graded
from .variations import raising, rewriting

_MOST_COPIES = 20
_MOST_VARIED = 6
_MOST_FAULTS = 3
_WAVE = 32


def try_out(
    scorer: Scorer,
    material: Material,
    graded: Sequence[Graded],
    *,
    afresh: Scorer | None = None,
    on_progress: Progress | None = None,
) -> tuple[list[Finding], list[Skipped]]:
    """What the best completions copy (RK404), whether variations of them keep their score (RK406), and which the grader fails on.

    What broke is scored again in new processes: those of `afresh`, so that `scorer` keeps its own, or else of `scorer`.
    """
    skipped = _not_tried(material)
    trials = [*_faults(graded), *([] if skipped else _planned(material, graded))]
    calls = list(dict.fromkeys(call for trial in trials for call in trial.calls))
    book = ScoreBook(scorer, material, on_progress, planned=len(calls))
    skipped = [*skipped, *_score_in_time(book, trials, calls)]
    broken = [
        trial
        for trial in trials
        if (scores := book.of(trial, 0)) and trial.expected.breach(scores) is not None
    ]
    if broken:
        book.scorer = afresh or scorer
        book.start_afresh()
        book.score(list(dict.fromkeys(call for trial in broken for call in trial.calls))[::-1])
    return list(_findings(material, breaches(broken, book))), skipped


def _score_in_time(book: ScoreBook, trials: Sequence[Trial], calls: Sequence[Call]) -> list[Skipped]:
    """Score the calls, a few at a time, until the level's time is over; what was not tried then."""
    began, most = time.monotonic(), book.material.level.seconds
    for start in range(0, len(calls), _WAVE):
        book.score(calls[start : start + _WAVE])
        if most is not None and time.monotonic() - began > most and start + _WAVE < len(calls):
            return out_of_time(book, trials)
    return []


def every_trial(material: Material, graded: Iterable[Graded]) -> Iterator[Trial]:
    """The trials of all completions."""
    for one in graded:
        where = one.completion.where
        yield Trial("", one.row, (one.text,), Expected("sound"), where)
        if not _not_tried(material):
            yield from copies(material, one.row, one.text, where)
            yield from raising(material, one.row, one.text, where)
            yield from rewriting(material, one.row, one.text, where)


def _not_tried(material: Material) -> list[Skipped]:
    """Why neither of the two can be tried."""
    if material.role != "whole":
        why = not_here(material)
    elif material.grader.in_groups:
        why = "it grades groups: what two completions earn in different groups cannot be compared"
    else:
        return []
    return [Skipped(check, why) for check in ("RK404", "RK406")]


def _planned(material: Material, graded: Sequence[Graded]) -> Iterator[Trial]:
    low, solved = material.span
    ordered = sorted((one for one in graded if one.value is not None), key=lambda one: -(one.value or 0.0))
    for one in _some(
        material, (one for one in ordered if (one.value or 0.0) > low), _MOST_COPIES, copied=True
    ):
        yield from copies(material, one.row, one.text, one.completion.where)
    for one in _some(material, (one for one in ordered if (one.value or 0.0) < solved), _MOST_VARIED):
        yield from raising(material, one.row, one.text, one.completion.where)
    for one in _some(material, (one for one in ordered if (one.value or 0.0) >= solved), _MOST_VARIED):
        yield from rewriting(material, one.row, one.text, one.completion.where)


def _some(material: Material, graded: Iterable[Graded], most: int, *, copied: bool = False) -> list[Graded]:
    """The first few, of rows with different references; with `copied` those that copy something, whatever their row, each text once."""
    most = max(2, round(most * material.level.rows))
    found: dict[str, Graded] = {}
    for one in graded:
        if one.row.broken:
            continue
        if not copied:
            found.setdefault(one.row.key, one)
        elif next(copies(material, one.row, one.text, ""), None) is not None:
            found.setdefault(f"{one.row.id} {one.text}", one)
        if len(found) >= most:
            break
    return list(found.values())


def _faults(graded: Sequence[Graded]) -> Iterator[Trial]:
    """The completions that the grader failed on, for each way of failing the shortest few."""
    by_check: dict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        check = contract_breach(one.score)
        if check is not None:
            by_check[check].append(one)
    for check, failed in by_check.items():
        failed.sort(key=lambda one: len(one.text))
        for one in failed[:_MOST_FAULTS]:
            yield Trial(check, one.row, (one.text,), Expected("sound"), one.completion.where)


def _findings(material: Material, broken: Iterable[Breach]) -> Iterator[Finding]:
    """One for each check and what was done to the completion: white space and padding are different flaws."""
    groups: dict[tuple[str, str], list[Breach]] = defaultdict(list)
    for breach in broken:
        groups[breach.check, breach.trial.expected.note].append(breach)
    for (check, _), group in groups.items():
        severity = _severity(group)
        if severity is None:
            continue
        shown = next((breach for breach in group if breach.trial.provable), group[0])
        yield finding_of(
            material, shown.trial, shown.scores, shown.index, severity, check=check, similar=len(group) - 1
        )


def _severity(group: Sequence[Breach]) -> Severity | None:
    """A breach that cannot be a coincidence fails; another one does on completions of two rows with different references.

    Where what is expected is a guess, two of them warn and one says nothing.
    """
    sure = [breach for breach in group if not breach.trial.guessed]
    if any(breach.trial.provable for breach in sure):
        return "fail"
    several = len({breach.trial.row.key for breach in sure or group}) >= 2
    if sure:
        return "fail" if several else "warn"
    return "warn" if several else None
