"""Test one grader: plan its trials, have them scored twice, and keep what broke both times.

    report = check_grader(scorer, grader, known_rows(grader, data), seed=0)

Everything goes through the one scorer. A grader that hangs is given up after a few deadlines, so that it costs no more than that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ..cases import Case, Order, Probe
from ..grader import Grader
from ..scoring import Scorer
from .accepting import by_weight, findings_of
from .batches import in_batches
from .calibrated import calibrated
from .contract import odd_texts, sound_calls
from .declared import marks, right_answers, wrong_answers
from .discrimination import missing_reference, null_answers, other_rows_answers, prompt_echo
from .gaming import cheats, longer_and_longer, noise
from .grouping import for_groups
from .hollow import (
    empty_tags,
    empty_texts,
    no_numbers,
    nothing_in_form,
    one_number,
    only_zeros,
    tags_out_of_order,
)
from .invariance import other_writings, outer_space, typographic
from .judges import judge_fails, understood, with_stand_in
from .known_rows import KnownRow
from .levels import DEFAULT, Level
from .mutation import blocks_too_many_or_few, mutated_answers, numbers_used_again, other_references
from .notes import notes_of
from .passes import score_twice
from .repeating import OF_MUTANTS
from .results import Counts, GraderReport, Skipped
from .score_book import Progress, ScoreBook
from .slips import (
    ambiguous_dates,
    milli_and_mega,
    other_offsets,
    other_units,
    reversed_order,
    same_but_for_capitals,
)
from .source_mutants import with_source_mutants
from .surroundings import after_hostile_answers, other_surroundings, watched_calls
from .too_much import both_ways, every_word
from .trials import Material, Planned, Planner, Role, Trial
from .values import changed_values

PLANNERS: tuple[Planner, ...] = (
    marks,
    right_answers,
    wrong_answers,
    other_rows_answers,
    null_answers,
    nothing_in_form,
    empty_texts,
    one_number,
    no_numbers,
    only_zeros,
    tags_out_of_order,
    prompt_echo,
    missing_reference,
    other_references,
    mutated_answers,
    changed_values,
    both_ways,
    every_word,
    numbers_used_again,
    blocks_too_many_or_few,
    ambiguous_dates,
    other_offsets,
    milli_and_mega,
    other_units,
    reversed_order,
    same_but_for_capitals,
    noise,
    cheats,
    empty_tags,
    longer_and_longer,
    outer_space,
    other_writings,
    typographic,
    in_batches,
    odd_texts,
    other_surroundings,
    watched_calls,
    after_hostile_answers,
    judge_fails,
)
"""Every check, in the order in which its trials are scored: what the author declared comes first."""

_SLOW_TO_ENTER = ("hash", "clock", "threads", "sequence")


def plan(material: Material) -> tuple[list[Trial], list[Skipped]]:
    """Every trial of a grader, the contract of each call among them, and what cannot be tried."""
    entries: Planned = (entry for planner in PLANNERS for entry in planner(material))
    entries = with_stand_in(material, entries)
    if material.grader.in_groups:
        entries = for_groups(
            entries, reference_free=material.reference_free, needs_others=material.grader.needs_others
        )
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
    skipped += score_twice(book, trials)
    trials = understood(book, trials)
    findings, more_skipped = findings_of(material, trials, book)
    findings = by_weight([*findings, *calibrated(material)])
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


def _counts(grader: Grader, rows: Sequence[KnownRow], book: ScoreBook, trials: Sequence[Trial]) -> Counts:
    kinds = [type(mark) for mark in grader.marks]
    mutants = [
        (trial, scores)
        for trial in trials
        if trial.check in OF_MUTANTS and not trial.guessed and (scores := book.of(trial, 0))
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
