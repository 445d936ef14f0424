"""`run(RUN.toml)`: the whole road of a training, in one run folder.

    preflight      is the grader tested, are the columns there, do sampled rewards differ?
    base           evaluation of the start model on the held-out prompts, greedy and sampled
    sft            optional: warm start on the expert rows, evaluation
    rft            GRPO with the grader as its reward, evaluation, model in checkpoints/final
    sft_alone      optional: the same base on the expert rows only, at its best setting, evaluation
    summary.json and report.html

The same call resumes: what a stage has finished (a folder in checkpoints/, results in results.jsonl) is not done again, and GRPO goes
on from its last whole checkpoint with the same steps as if nothing had happened. One process, one GPU or none.
"""

from __future__ import annotations

from pathlib import Path

from rewardkit.errors import GuardStop
from rewardkit.evaluating.huggingface import use_few_threads
from rewardkit.evaluating.identity import model_identity, versions
from rewardkit.runs import RunFolder
from rewardkit.runs.report import write_report
from rewardkit.scoring import Scorer

from . import arguments
from .config import load_config
from .jobs import Job, prepare
from .policies import quiet
from .preflight import preflight
from .reporting import Reporter, Silent
from .stages import Stages, is_complete


def run(
    config_path: str | Path,
    *,
    dry_run: bool = False,
    untested: bool = False,
    name: str | None = None,
    seed: int | None = None,
    runs_dir: str | Path = "runs",
    texts: bool = True,
    reporter: Reporter | None = None,
) -> Path:
    """Train as RUN.toml says, or go on with it, and return the run folder `runs_dir/name/`.

    `dry_run` stops after the preflight and writes nothing; `untested` takes graders that `rewardkit test` has not passed; `texts` False
    keeps prompts and completions out of the report; `seed` takes the place of RUN.toml's, and the run is then called NAME-seedN.
    Raises ConfigError, DataError or GraderError before a model is loaded where it can, and GuardStop when a guard stops the run.
    """
    reporter = reporter or Silent()
    arguments.require_training()
    file = load_config(Path(config_path), seed=seed)
    job = prepare(file, untested=untested)
    path = Path(runs_dir) / (name or file.config.name)
    if not dry_run and _is_complete(job, path):
        reporter.say(f"{path} is complete; nothing left to do")
        write_report(path, texts=texts)
        return path
    use_few_threads()  # before torch is imported
    with quiet(), Scorer() as scorer:
        arguments.check_tables(file)
        if dry_run or not (path / "run.json").is_file():
            # Before there is a folder: a run that preflight refuses can be started again with another RUN.toml.
            preflight(job, None, scorer, reporter)
        if dry_run:
            return path
        with _open_folder(job, path) as folder:
            stages = Stages(job, folder, scorer, reporter, texts=texts)
            try:
                stages.all()
            except GuardStop:
                stages.publish()
                raise
    return path


def _is_complete(job: Job, path: Path) -> bool:
    """Whether an earlier start of the same run has finished it; ConfigError when the folder holds another run. Imports no torch."""
    if not (path / "summary.json").is_file():
        return False
    with _open_folder(job, path) as folder:
        return is_complete(job, folder)


def _open_folder(job: Job, path: Path) -> RunFolder:
    config = job.file.config
    written = {key: value for key, value in job.file.toml.data.items() if key != "name"}
    return RunFolder.open(
        path.parent,
        path.name,
        "train",
        {**written, "model_hash": model_identity(config.model) if Path(config.model).is_dir() else None},
        versions=versions(*arguments.PACKAGES),
        fingerprints={grader.name: grader.fingerprint for grader in job.graders},
        seed=config.seed,
        primary=job.grader.name,
        samples={
            "file": config.data.heldout.name,
            "count": len(job.samples.heldout),
            **job.samples.identity(config),
        },
    )
