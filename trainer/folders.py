"""The run folder of a training: opened by rank 0 for the whole run, and by the other processes while they evaluate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rewardkit.evaluating.generations import GenerationLog, read_generations
from rewardkit.evaluating.identity import model_identity, named_identity, versions
from rewardkit.named_files import NamedFiles
from rewardkit.runs import RunFolder
from rewardkit.runs.reading import read_timings
from rewardkit.samples import Sample

from .jobs import Job
from .ranks import Ranks
from .settings import arguments


def open_folder(job: Job, path: Path, ranks: Ranks) -> RunFolder:
    """Create or resume; ConfigError when the folder holds another run, one of another number of processes among them. Imports no torch."""
    config = job.file.config
    written = _deciding(job.file.toml.data)
    model_hash = model_identity(config.model) if Path(config.model).is_dir() else None
    return RunFolder.open(
        path.parent,
        path.name,
        "train",
        {**written, "model_hash": model_hash, "processes": ranks.size},
        versions=versions(*arguments.PACKAGES),
        fingerprints={grader.name: grader.fingerprint for grader in job.all_graders},
        seed=config.seed,
        primary=job.graders[0].name,
        samples={
            "file": job.samples.file(config).name,
            "count": len(job.samples.heldout),
            **job.samples.identity(config),
            **named_identity(_named(job)),
        },
        started_from=job.file.toml.path,
        rank=ranks.rank,
    )


def _deciding(data: Mapping[str, Any]) -> dict[str, Any]:
    """What RUN.toml says that decides the results: not the name, nor what judges may cost, nor what is recorded or
    reported to trackers, nor when a training is stopped or waits, nor whether a model on all rows is still to be trained."""
    kept = {key: value for key, value in data.items() if key not in ("name", "judge", "record")}
    guard = {key: value for key, value in data.get("guard", {}).items() if key not in _STOPS}
    kept = {**kept, "guard": guard} if guard else {key: kept[key] for key in kept if key != "guard"}
    for table in ("grpo", "sft"):
        if isinstance(kept.get(table), Mapping):
            kept[table] = {key: value for key, value in kept[table].items() if key != "report_to"}
    kept["data"] = {key: value for key, value in data.get("data", {}).items() if key != "final"}
    judge = data.get("judge", {}).get("model")
    return kept if judge is None else {**kept, "judge": judge}


_STOPS = ("wait", "min_entropy", "max_length_growth", "patience")


def _named(job: Job) -> NamedFiles:
    """The files that the samples name to the graders."""
    files = NamedFiles(job.all_graders)
    samples = job.samples
    for sample in (
        *samples.train,
        *samples.heldout,
        *samples.unlabelled,
        *samples.expert,
        *samples.validation,
    ):
        files.of(sample.columns)
    return files


def merge(folder: RunFolder, samples: Iterable[Sample], repeats: int) -> None:
    """Put what the other processes wrote into the files of rank 0: byte for byte those of a single process. They have closed the folder."""
    folder.merge_results(units=[(sample.id, repeat) for sample in samples for repeat in range(repeats)])
    log = GenerationLog(folder.path)
    for path in sorted(folder.path.glob("generations.rank*.jsonl"), key=_rank):
        log.append(read_generations(folder.path, _rank(path)))
        path.unlink()


def fold_folder(path: Path, number: int) -> Path:
    """The run folder of a fold, counted from 1, inside that of its run."""
    return path / "folds" / str(number)


def fold_seconds(path: Path) -> dict[str, float]:
    """What each fold of a run took in all; empty for a run without folds."""
    folds = sorted((path / "folds").glob("*/timings.json"), key=lambda file: int(file.parent.name))
    return {f"fold {file.parent.name}": round(sum(read_timings(file.parent).values()), 3) for file in folds}


def _rank(path: Path) -> int:
    return int(path.name.split(".")[1].removeprefix("rank"))
