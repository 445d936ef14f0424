"""What a run says of itself from its results: summary.json, report.html, and the line after each stage."""

from __future__ import annotations

from rewardkit.evaluating.generations import read_generations
from rewardkit.evaluating.lengths import lengths_by_stage
from rewardkit.evaluating.statistics import FEWEST
from rewardkit.evaluating.summary import compare_stages, component_rows, summarise
from rewardkit.runs import RunFolder, read_summary
from rewardkit.runs.report import write_report
from rewardkit.runs.wording import bounds

from .folders import fold_seconds
from .jobs import Job, control_told
from .rows.data import column_of
from .rows.showing import (
    generated_by,
    item_rows,
    notes_on,
    notes_on_drawn,
    notes_on_generated,
    notes_on_unlabelled,
)

UNLABELLED = "unlabelled"
"""The folder, inside that of the run, of the evaluations on prompts without references."""


def publish(job: Job, folder: RunFolder, *, texts: bool = True) -> None:
    """Write summary.json and report.html from what there is; `texts` False leaves prompts and completions out of the report."""
    results = folder.read_results()
    config, samples = job.file.config, job.samples
    bars = {grader.name: grader.options.solved_at for grader in job.graders}
    ranges = {grader.name: grader.options.range for grader in job.graders}
    slices, clusters = column_of(samples.heldout, config.data.slice), samples.clusters
    rows = summarise(results, pass_at=bars, slices=slices, clusters=clusters, ranges=ranges)
    compared = compare_stages(results, pass_at=bars, clusters=clusters, seed=config.seed)
    few = len(samples.heldout) < FEWEST
    generated = generated_by(folder.read_metrics())
    summary = {
        "stages": [row.model_dump() for row in rows],
        "comparisons": [row.model_dump() for row in compared],
        "components": [row.model_dump() for row in component_rows(results, clusters=clusters)],
        "lengths": [row.model_dump() for row in lengths_by_stage(results, read_generations(folder.path))],
        "notes": [
            *(f"{line}." for line in control_told(job)),
            *notes_on(config, samples),
            *notes_on_generated(generated),
            *notes_on_drawn(folder.read_metrics()),
            *_on_unlabelled(job, folder),
        ],
        "generated": generated,
        "items": item_rows(results, pass_at=bars) if few else [],
        "seconds": {**fold_seconds(folder.path), **folder.seconds()},
    }
    folder.write_summary(summary)
    write_report(folder.path, texts=texts)


def _on_unlabelled(job: Job, folder: RunFolder) -> list[str]:
    file = job.file.config.data.unlabelled
    if file is None:
        return []
    return notes_on_unlabelled(read_summary(folder.path / UNLABELLED), file.name)


def headline(job: Job, folder: RunFolder, stage: str) -> str:
    """What a stage reached, with intervals; under 10 prompts only that they were answered, lest two such lines pass for a difference."""
    bars = {grader.name: grader.options.solved_at for grader in job.graders}
    results = [result for result in folder.read_results() if result.stage == stage]
    rows = summarise(results, pass_at=bars, clusters=job.samples.clusters)
    shown = [
        f"{row.grader} {row.decoding} {row.mean:.1%} solved ({bounds(row)} %)"
        for row in rows
        if row.metric == "solved" and row.mean is not None and row.low is not None
    ]
    if shown or not any(row.mean is not None for row in rows):
        return f"{stage}: {', '.join(shown) or 'nothing scored'}"
    count = max(row.prompts for row in rows)
    return f"{stage}: {count} prompt{'s' * (count != 1)} answered"
