"""A training in folds: each fold is a run of its own in folds/N, trained on the other rows; the run itself has their results together.

    runs/letters/folds/1 ... 4     four run folders, made by the same stages as any run
    runs/letters/                  results of all rows, the comparison over them, and the model trained on all rows

So a kill costs what it costs any run: the fold that it hit goes on from its last checkpoint, and finished folds are left alone. Once the
results are together the folds are not looked at again; their checkpoints may be deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rewardkit.evaluating.generations import GenerationLog, read_generations
from rewardkit.runs import RunFolder
from rewardkit.runs.reading import iter_faults, iter_results

from .folders import fold_folder, fold_seconds
from .jobs import Job
from .ranks import Ranks
from .reporting import Prefixed, Reporter
from .stages import has_results, stages_of


class TrainFold(Protocol):
    """Trains a fold in its folder, all stages of it, as any run; False when there was nothing left to do."""

    def __call__(self, job: Job, path: Path, reporter: Reporter) -> bool: ...


def train_folds(
    job: Job, path: Path, folder: RunFolder | None, reporter: Reporter, ranks: Ranks, train: TrainFold
) -> None:
    """Train and measure what folds lack, one after the other, and put their results into the open folder of the run (None above rank 0)."""

    def led(work: Callable[[RunFolder], bool | None]) -> bool:
        return bool(ranks.first(lambda: work(folder) if folder is not None else None))

    folds = job.folds()
    if led(lambda folder: has_results(job, folder)):
        return
    for number, fold in enumerate(folds, 1):
        name = f"fold {number} of {len(folds)}"
        if train(fold, fold_folder(path, number), Prefixed(reporter, name)):
            seconds = ranks.first(lambda: fold_seconds(path))[f"fold {number}"]
            reporter.say(f"{name} took {seconds:.0f} s")
    led(lambda folder: _put_together(job, path, folder))


def _put_together(job: Job, path: Path, folder: RunFolder) -> None:
    """The results of all folds as one evaluation of all rows would have written them: stage by stage, in the order of the rows."""
    folds = [fold_folder(path, number) for number in range(1, len(job.samples.folds) + 1)]
    stages = {stage: place for place, stage in enumerate(stages_of(job.file.config))}
    rows = {sample.id: place for place, sample in enumerate(job.samples.heldout)}
    decodings = {"greedy": 0, "sampled": 1}
    # Stable: within a completion the graders stay as the fold has them.
    results = sorted(
        (result for fold in folds for result in iter_results(fold)),
        key=lambda r: (stages[r.stage], decodings[r.decoding], rows[r.sample], r.repeat),
    )
    generations = sorted(
        (row for fold in folds for row in read_generations(fold)),
        key=lambda row: (stages[row.stage], decodings[row.decoding], rows[row.sample], row.repeat),
    )
    GenerationLog(folder.path).append(generations)
    folder.append_faults(fault for fold in folds for fault in iter_faults(fold))
    folder.append_results(results)
