"""RK140: do the author's cases notice when the code of a grader is changed?

Each mutant of its source is held against the marks that the grader itself keeps. One that keeps them all survives, and is compared with the
grader on many completions. Where the two differ somewhere, a case is missing, and that completion is the one to add; where they do not, the
change may be none, and is not held against the author.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...errors import GraderError
from ...loading import ref_of
from ...paths import display_path
from ...scores import Score
from ...scoring.fence import CHECK
from ..expectations import BROKEN, TOLERANCE, noticed
from ..results import Finding, GraderReport, Skipped, SourceMutants, Survivor
from ..score_book import Progress
from ..trials import Call, Material, Trial
from .completions import case_line, completions
from .leaving_out import left_out
from .making import SourceMutant, source_mutants
from .source import Source, functions_used, read_source
from .trying import Workshop

LEAST_SHARE = 0.8
"""The share of the mutants that cases should notice."""

_MOST_SECONDS = 60.0  # for one grader: mutants that are not reached by then are not tried
_COMPARING_SECONDS = 20.0
_MOST_CALLS, _LEAST_CALLS = 1500, 50
_MOST_STUCK = 3
_FIRST_WAVE, _GROWTH = 1, 3


@dataclass(frozen=True, slots=True)
class _Known:
    """What the grader does as it is: the author's marks that it keeps, its scores in them, and the calls of those that it breaks."""

    source: Source
    trials: Sequence[Trial]
    scores: Mapping[Call, Score]
    broken: frozenset[Call]


def with_source_mutants(
    report: GraderReport,
    material: Material,
    trials: Sequence[Trial],
    *,
    workers: int = 2,
    on_progress: Progress | None = None,
) -> GraderReport:
    """The report with RK140, and with what became of each mutant of the grader's source.

    `trials` are those of `plan(material)`: the author's marks among them are what has to notice a change, the completions of the others are
    tried on mutants that no mark notices. `on_progress(done, of)` counts mutants. Raises nothing for what a changed grader does.
    """
    skipped = left_out(material.grader)
    if skipped is not None:
        return _and_skipped(report, skipped)
    try:
        return _tried(report, material, trials, workers, on_progress)
    except GraderError as error:
        return _and_skipped(report, Skipped(CHECK, f"its file cannot be loaded for it once more: {error}"))


def _tried(
    report: GraderReport,
    material: Material,
    trials: Sequence[Trial],
    workers: int,
    on_progress: Progress | None,
) -> GraderReport:
    grader = material.grader
    try:
        source = read_source(grader.file)
    except (OSError, SyntaxError, ValueError) as error:
        return _and_skipped(report, Skipped(CHECK, f"its file cannot be read: {error}"))
    functions = functions_used(source, grader)
    ref = ref_of(grader)
    if not functions or ref is None:
        return _and_skipped(report, Skipped(CHECK, "it is not a function at the top of its file"))
    mutants = source_mutants(source, functions, grader, seed=material.seed)
    with Workshop(material, ref, workers=workers) as workshop:
        known = _as_it_is(workshop, source, [trial for trial in trials if trial.declared])
        if isinstance(known, Skipped):
            return _and_skipped(report, known)
        calls = completions(material, trials, functions)
        result = _judged(workshop, known, mutants, calls, on_progress)
        if not _is_as_before(workshop, known):
            workshop.alone = True  # what one has left behind in its process may have decided over others
            result = _judged(workshop, known, mutants, calls, on_progress)
    return _with_result(report, material, result)


def _judged(
    workshop: Workshop,
    known: _Known,
    mutants: Sequence[SourceMutant],
    calls: Sequence[Call],
    on_progress: Progress | None,
) -> SourceMutants:
    kept, tried = _not_noticed(workshop, known, mutants, on_progress)
    cases = _telling_cases(workshop, known, kept, calls) if kept else {}
    grader = workshop.grader
    file = display_path(grader.file)
    survivors = tuple(
        Survivor(
            f"{file}:{mutant.line}",
            mutant.edit.operator,
            known.source.diff(mutant.edit, file),
            case_line(*cases[mutant], grader),
        )
        for mutant in sorted(cases, key=lambda mutant: mutant.edit.start)
    )
    return SourceMutants(tried - len(kept), survivors, len(kept) - len(survivors), len(mutants) - tried)


def _with_result(report: GraderReport, material: Material, result: SourceMutants) -> GraderReport:
    report = replace(report, source_mutants=result)
    if result.not_tried:
        why = f"{result.not_tried} changes of its code were not tried: that would take more than {_MOST_SECONDS:g} s"
        report = _and_skipped(report, Skipped(CHECK, why))
    if result.share >= LEAST_SHARE:
        return report
    expected = (
        f"at least {LEAST_SHARE:.0%} of the changes are noticed; "
        f"{result.killed} of {result.counted} were ({result.share:.0%})"
    )
    where = material.grader.where
    finding = Finding(CHECK, "warn", "", None, None, expected, material.seed, "", where, {})
    return replace(report, findings=(*report.findings, finding))


def _and_skipped(report: GraderReport, skipped: Skipped) -> GraderReport:
    return replace(report, skipped=(*report.skipped, skipped))


def _as_it_is(workshop: Workshop, source: Source, marks: Sequence[Trial]) -> _Known | Skipped:
    """The marks that hold, twice; a skip line when there is none, or when the grader does what a changed one must not do."""
    calls = _calls(marks)
    scores = workshop.original(source.text, calls)
    for score in scores.values():
        if noticed(score) == CHECK:
            did = score.reason.partition(": ")[2]
            return Skipped(CHECK, f"{did}, which changed versions of it are not let do")
    again = workshop.scores(source.text, calls)
    holding = [trial for trial in marks if _holds(trial, scores) and _holds(trial, again)]
    if not holding:
        return Skipped(CHECK, "none of its cases holds")
    broken = frozenset(_calls([trial for trial in marks if trial not in holding]))
    return _Known(source, holding, scores, broken)


def _holds(trial: Trial, scores: Mapping[Call, Score]) -> bool:
    found = [scores[call] for call in trial.calls if call in scores]
    return len(found) == len(trial.calls) and trial.expected.breach(found) is None


def _is_as_before(workshop: Workshop, known: _Known) -> bool:
    """Whether the processes in which mutants ran still give the grader's own scores."""
    scores = workshop.scores(known.source.text, _calls(known.trials))
    return all(_holds(trial, scores) for trial in known.trials)


def _not_noticed(
    workshop: Workshop, known: _Known, mutants: Sequence[SourceMutant], on_progress: Progress | None
) -> tuple[list[SourceMutant], int]:
    """The mutants that keep every mark, and how many were tried before the time was up."""
    until = time.monotonic() + _MOST_SECONDS
    kept: list[SourceMutant] = []
    for tried, mutant in enumerate(mutants):
        if time.monotonic() > until:
            return kept, tried
        if not _is_noticed(workshop, known, mutant):
            kept.append(mutant)
        if on_progress is not None:
            on_progress(tried + 1, len(mutants))
    return kept, len(mutants)


def _is_noticed(workshop: Workshop, known: _Known, mutant: SourceMutant) -> bool:
    """Whether a mark breaks, or a call fails that did not; tried in growing waves, as most mutants break an early one."""
    start, size = 0, len(known.trials) if workshop.alone else _FIRST_WAVE
    while start < len(known.trials):
        wave = known.trials[start : start + size]
        try:
            scores = workshop.scores(mutant.text, _calls(wave))
        except GraderError:  # it can no longer be imported
            return True
        if any(_fails(known.scores[call], score) for call, score in scores.items()):
            return True
        if not all(_holds(trial, scores) for trial in wave):
            return True
        start, size = start + size, size * _GROWTH
    return False


def _telling_cases(
    workshop: Workshop, known: _Known, mutants: Sequence[SourceMutant], calls: Sequence[Call]
) -> dict[SourceMutant, tuple[Call, Score]]:
    """For each mutant that differs from the grader on one of the calls such a call, with what the grader gives; few calls for all of them."""
    affordable = int(_COMPARING_SECONDS / max(1e-4, workshop.seconds) / (len(mutants) + 2))
    calls = [call for call in calls if call not in known.broken]
    calls = calls[: max(_LEAST_CALLS, min(_MOST_CALLS, affordable))]
    once = _of_the_grader(workshop, known, calls)
    again = _of_the_grader(workshop, known, calls, seed=1)  # a case has another seed
    originals = {
        call: once[call]
        for call in calls
        if call in once
        and call in again
        and once[call].cause not in BROKEN
        and not _differ(once[call], again[call])
    }
    differing: dict[SourceMutant, set[Call]] = {}
    for mutant in mutants:
        scores = workshop.scores(mutant.text, list(originals))
        differing[mutant] = {call for call, score in scores.items() if _differ(originals[call], score)}
    found: dict[SourceMutant, tuple[Call, Score]] = {}
    while any(differing.values()):
        best = max(originals, key=lambda call: sum(call in where for where in differing.values()))
        for mutant in [mutant for mutant, where in differing.items() if best in where]:
            found[mutant] = (best, originals[best])
            del differing[mutant]
    return found


def _of_the_grader(
    workshop: Workshop, known: _Known, calls: Sequence[Call], *, seed: int = 0
) -> dict[Call, Score]:
    """The unchanged grader's scores; after a few calls that hang or end its process, those that were heard until then."""
    scores: dict[Call, Score] = {}
    for _ in range(_MOST_STUCK):
        scores |= workshop.scores(
            known.source.text, [call for call in calls if call not in scores], seed=seed
        )
        if len(scores) == len(calls):
            break
    return scores


def _differ(original: Score, score: Score) -> bool:
    """Whether a case that expects the first is broken by the second."""
    if _fails(original, score) or (original.value is None) != (score.value is None):
        return True
    return (
        original.value is not None
        and score.value is not None
        and abs(original.value - score.value) > 2 * TOLERANCE
    )


def _fails(original: Score, score: Score) -> bool:
    """Whether it ends in an error or a time-out where the grader does not."""
    return score.cause in BROKEN and original.cause not in BROKEN


def _calls(trials: Sequence[Trial]) -> list[Call]:
    return list(dict.fromkeys(call for trial in trials for call in trial.calls))
