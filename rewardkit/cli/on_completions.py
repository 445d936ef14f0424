"""`rewardkit test --on`: graders looked at through the completions that a policy wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ConfigError, GraderError
from .common import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import TaskID

    from ..checking import GraderReport
    from ..checking.completions import Completion
    from ..checking.replay import Command
    from ..checking.score_book import Progress
    from ..checking.trials import Material, Role, Trial
    from ..grader import Grader
    from ..samples import Sample
    from ..scoring import Scorer

_MOST_PROMPTS = 1000

On = Annotated[
    Path | None,
    typer.Option(
        help="Look too at completions that a policy wrote: a file with `completion` and an id of --data or the sample's columns, or the folder "
        "of a run. Example: --data rows.jsonl --on completions.jsonl",
    ),
]
Holdout = Annotated[
    str | None,
    typer.Option(
        help="With --on: a grader that is never used as reward, to see whether it agrees. Example: --holdout graders.py:strict",
    ),
]


@dataclass(frozen=True, slots=True)
class Given:
    """What --on and --holdout name: the completions, how many more there are, and the grader."""

    completions: Sequence[Completion]
    left_out: int
    holdout: Grader | None


def given(command: Command) -> Given | None:
    """The completions, read and checked before anything runs; None without --on."""
    if command.on is None:
        if command.holdout is not None:
            raise ConfigError("--holdout has no effect without --on, which names the completions")
        return None
    completions, left_out = _completions(command)
    return Given(completions, left_out, _holdout(command.holdout, completions))


def samples_of_completions(command: Command) -> list[Sample]:
    """What the completions of --on are completions of, as it is called in their file; none without --on."""
    return [*{one.sample.id: one.sample for one in _written(command)}.values()] if command.on else []


def with_completions(
    graders: Sequence[Grader],
    reports: Sequence[GraderReport],
    command: Command,
    given: Given | None,
    workers: int | None,
    *,
    quiet: bool,
) -> list[GraderReport]:
    """The reports with what each grader does on the completions of --on."""
    from ..checking import roles
    from ..scoring import Scorer

    if given is None:
        return list(reports)
    found = []
    with Scorer(workers=workers) as scorer, progress_bar(quiet=quiet) as progress:
        for grader, report, role in zip(graders, reports, roles(graders), strict=True):
            task = progress.add_task(f"{grader.name} on completions", total=None, note="")

            def advance(done: int, of: int, task: TaskID = task) -> None:
                progress.update(task, completed=done, total=of)

            found.append(_looked_at(scorer, grader, report, role, command, given, advance))
    return found


def trials_on_completions(material: Material, command: Command) -> Iterator[Trial]:
    """What --on made the grader's trials of, for a finding that is run again."""
    if command.on is None:
        return
    from ..checking.completions.grading import ungraded
    from ..checking.completions.trying import every_trial

    completions, _ = _completions(command)
    graded = ungraded(material.grader, completions)
    rows = list(dict.fromkeys(one.row for one in graded))
    yield from every_trial(replace(material, rows=rows), graded)


def columns_of_data(command: Command) -> dict[str, str]:
    """The renamed columns that --data must have: those of the completion are of --on."""
    if command.on is None:
        return command.columns
    return {ours: theirs for ours, theirs in command.columns.items() if ours != "completion"}


def _looked_at(
    scorer: Scorer,
    grader: Grader,
    report: GraderReport,
    role: Role,
    command: Command,
    given: Given,
    on_progress: Progress,
) -> GraderReport:
    from ..checking import Skipped
    from ..checking.completions import grade, look, rows_of
    from ..checking.levels import level_of
    from ..checking.trials import Material

    if role != "whole":
        skipped = Skipped("RK401", f"it is a {role} of a combination, which is looked at as a whole")
        return replace(report, skipped=(*report.skipped, skipped))
    graded = grade(scorer, grader, given.completions, seed=command.seed, on_progress=on_progress)
    material = Material(grader, rows_of(graded), command.seed, role, level_of(command.level))
    looked = look(
        scorer,
        material,
        graded,
        source=str(command.on),
        holdout=None if given.holdout is None or _is_same(given.holdout, grader) else given.holdout,
        left_out=given.left_out,
        on_progress=on_progress,
    )
    findings = sorted(
        (*report.findings, *looked.findings), key=lambda each: (each.severity != "fail", each.id)
    )
    return replace(
        report,
        findings=tuple(findings),
        skipped=(*report.skipped, *looked.skipped),
        on_completions=looked.seen,
    )


def _completions(command: Command) -> tuple[list[Completion], int]:
    """The completions of --on, of so many prompts as the level allows, and how many were left out."""
    from ..checking import with_guesses
    from ..checking.completions.grading import some_prompts
    from ..checking.levels import level_of

    every = _written(command)
    # Right answers that are only guessed would say what is wrong of a completion; the other guesses name what graders ask for.
    guessed = {name: path for name, path in command.guessed.items() if name != "gold"}
    some = some_prompts(every, round(_MOST_PROMPTS * level_of(command.level).rows), command.seed)
    samples = {one.sample.id: one.sample for one in some}
    known = dict(zip(samples, with_guesses([*samples.values()], guessed), strict=True))
    return [replace(one, sample=known[one.sample.id]) for one in some], len(every) - len(some)


def _written(command: Command) -> list[Completion]:
    from ..checking.completions import read_completions
    from ..samples import read_samples

    columns = columns_of_data(command)
    samples = read_samples(command.data, columns=columns, recognised=False) if command.data else []
    return read_completions(Path(str(command.on)), samples, command.columns)


def _holdout(target: str | None, completions: Sequence[Completion]) -> Grader | None:
    if target is None:
        return None
    from ..collecting import check_columns, collect_grader

    try:
        grader = collect_grader(target)
    except GraderError as error:
        raise GraderError(f"--holdout: {error}") from None
    check_columns(grader, {one.sample.id: one.sample for one in completions}.values())
    return grader


def _is_same(one: Grader, other: Grader) -> bool:
    return (one.file.resolve(), one.name) == (other.file.resolve(), other.name)
