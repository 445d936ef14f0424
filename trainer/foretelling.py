"""What a whole run will generate, grade and pay, told before its first step from what the preflight saw.

GRPO: 384 prompts, repeats counted, 8 completions of each: 3,072 generated completions
evaluations: base, sft, rft on 350 held-out prompts, 1 greedy and 4 sampled completions of each: 5,250 completions
grading: 8,322 completions; a call took 3 ms (mean) and 12 ms (p95), so about 14 s with 2 workers, 51 s if all are as slow as that
judge: 0.98 requests a completion in the preflight, so about 8,160 in all and $1.90
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rewardkit.interop.trl import workers_here
from rewardkit.judging.spending import Spent, parse_budget
from rewardkit.scoring.scorer import MAX_WORKERS

from .jobs import Job
from .plans import training_completions, training_told
from .preflight.probe import Probe
from .ranks import Ranks
from .settings.arguments import grpo_arguments
from .stages import stages_of


def foretold(job: Job, seen: Probe, ranks: Ranks) -> list[str]:
    """The lines; a warning, begun as one, where the judge's budget will not last."""
    run, samples = job.file, job.samples
    trained = len(samples.train)
    trainings = len(samples.folds) + job.keeps_model if samples.folds else 1
    generated, measured = trainings * training_completions(run, trained), _measured(job)
    times = f", {trainings} times" if trainings > 1 else ""
    return [
        training_told(run, trained) + _steps(job) + times,
        *_evaluations(job, measured),
        *_grading(job, seen, generated + measured, ranks),
        *_judging(job, seen, generated + measured),
    ]


def _steps(job: Job) -> str:
    """GRPO's optimiser steps."""
    if job.file.config.method == "raft":
        return ""
    settings = grpo_arguments(job.file, Path("unused"))
    if settings.max_steps > 0:
        return f", in {settings.max_steps:,} step{'s' * (settings.max_steps != 1)}"
    return ""


def _measured(job: Job) -> int:
    """Completions of all evaluations, those of folds and of unlabelled prompts among them."""
    rows = len(job.samples.heldout) + len(job.samples.unlabelled)
    return len(stages_of(job.file.config)) * rows * (1 + job.file.config.eval.k)


def _evaluations(job: Job, completions: int) -> list[str]:
    if job.samples.folds:
        return []  # told with the folds
    config, stages = job.file.config, stages_of(job.file.config)
    prompts = len(job.samples.heldout) + len(job.samples.unlabelled)
    return [
        f"evaluations: {', '.join(stages)} on {prompts:,} held-out prompts, 1 greedy and {config.eval.k:,} sampled completions of each: "
        f"{completions:,} completions"
    ]


def _grading(job: Job, seen: Probe, completions: int, ranks: Ranks) -> list[str]:
    if not seen.seconds:
        return []  # Ray's workers keep no times
    grader = job.grader
    together = (workers_here() or min(MAX_WORKERS, os.cpu_count() or 1)) * ranks.size
    if grader.options.isolation == "inline":
        together = ranks.size
    who = f"{together} worker{'s' * (together != 1)}"
    if grader.is_async:
        together = grader.options.concurrency * ranks.size
        who = f"{together} at a time"
    calls = completions / seen.k if grader.in_groups else float(completions)
    mean, p95 = float(np.mean(seen.seconds)), float(np.percentile(seen.seconds, 95))
    return [
        f"grading: {completions:,} completions; a call of {grader.name} took {_time(mean)} (mean) and {_time(p95)} (p95), so about "
        f"{_time(calls * mean / together)} with {who}, {_time(calls * p95 / together)} if all are as slow as that"
    ]


def _judging(job: Job, seen: Probe, completions: int) -> list[str]:
    asked = seen.judged
    if not asked.requests:
        return []
    each = 1 / seen.completions
    requests = math.ceil(asked.requests * each * completions)
    tokens = math.ceil((asked.tokens_in + asked.tokens_out) * each * completions)
    dollars = None if asked.dollars is None else asked.dollars * each * completions
    paid = "" if dollars is None else f" and ${dollars:,.2f}"
    told = (
        f"judge: {asked.requests / seen.completions:.2f} requests a completion in the preflight ({asked}), so about {requests:,} requests, "
        f"{tokens:,} tokens{paid} in all, fewer where verdicts are kept"
    )
    return [told, *_over_budget(job, asked, tokens, dollars)]


def _over_budget(job: Job, asked: Spent, tokens: int, dollars: float | None) -> list[str]:
    if job.file.config.judge.budget is None:
        return []
    budget = parse_budget(job.file.config.judge.budget)
    most, needed = (budget.tokens, tokens) if budget.dollars is None else (budget.dollars, dollars)
    if most is None or needed is None or needed <= most:
        return []
    return [
        f"warning: [judge] budget = {budget} will not last: about {needed / most:.1f} times as much is needed. The run will stop when it is spent, "
        "and go on with a larger one"
    ]


def _time(seconds: float) -> str:
    """`12 ms`, `3.4 s`, `25 min`, `3.1 h`."""
    units: Sequence[tuple[float, float, str]] = ((1, 1e-3, "ms"), (120, 1, "s"), (7200, 60, "min"))
    for below, unit, name in units:
        if seconds < below:
            return f"{seconds / unit:.2g} {name}" if seconds / unit < 10 else f"{seconds / unit:,.0f} {name}"
    return f"{seconds / 3600:,.1f} h"
