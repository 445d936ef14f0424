"""An evaluation while it runs: one stage after the other, each model in memory only while it answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

from rewardkit.runs import BaselineRow, RunFolder, read_summary

from ..guard import Guard
from ..scoring import Scorer
from .answers import OnProgress
from .baselines import baselines, some_samples
from .huggingface import free_memory
from .jobs import Job
from .loop import evaluate, is_finished, retry_unscored
from .models import Model, ModelSpec
from .stages import Stage

Opening: TypeAlias = Callable[[ModelSpec], Model]
Watching: TypeAlias = Callable[[Stage], AbstractContextManager[OnProgress | None]]


def stages_to_do(job: Job, folder: RunFolder) -> list[Stage]:
    """The stages of which the folder has not all results."""
    return [stage for stage in job.stages if not is_finished(job.samples, job.graders, stage.plan, folder)]


def open_early(job: Job, stages: list[Stage], opening: Opening) -> dict[str, Model]:
    """The models of these stages that take no memory, so that what is wrong with one shows before the first is asked."""
    return {
        stage.name: job.given[stage.name][0] if stage.name in job.given else opening(stage.spec)
        for stage in stages
        if not stage.spec.is_local
    }


def answer_all(
    job: Job,
    stages: list[Stage],
    folder: RunFolder,
    scorer: Scorer,
    opening: Opening,
    guard: Callable[[], Guard],
    watching: Watching = lambda _: nullcontext(None),
) -> None:
    """Let the model of each stage answer what the folder lacks, and score it. Each stage has a guard of its own.

    Raises what `evaluate` does; what was done before is kept.
    """
    opened = open_early(job, stages, opening)
    for stage in stages:
        model = opened.get(stage.name) or opening(stage.spec)
        with watching(stage) as on_progress:
            evaluate(
                model,
                job.samples,
                job.graders,
                stage.plan,
                folder,
                scorer,
                on_progress,
                guard=guard(),
                files=job.files,
            )
        del model
        if stage.spec.is_local:
            free_memory()


def retry_all(job: Job, folder: RunFolder, scorer: Scorer, guard: Callable[[], Guard]) -> int:
    """Score again what could not be scored, in all stages; returns how many results those were."""
    return sum(
        retry_unscored(job.samples, job.graders, stage.plan, folder, scorer, guard=guard(), files=job.files)
        for stage in job.stages
    )


def baselines_of(
    job: Job, folder: RunFolder, scorer: Scorer, *, again: bool, texts: bool
) -> tuple[BaselineRow, ...]:
    """The baselines of a run whose results are all there: those that it has, unless they are made `again`."""
    known = read_summary(folder.path).baselines
    if known and not again:
        return known
    samples = some_samples(job.samples, job.plan.seed)
    return baselines(samples, folder.iter_results(), job.graders, scorer, seed=job.plan.seed, texts=texts)
