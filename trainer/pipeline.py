"""`run(RUN.toml)`: the whole road of a training, in one run folder.

    preflight      is the grader tested, are the columns there, do sampled rewards differ?
    folds          without held-out rows: everything below, fold by fold on parts of the rows (see `folding`)
    base           evaluation of the start model on the held-out prompts, greedy and sampled
    sft            optional: warm start on expert rows or accepted completions, evaluation
    rft            GRPO with the grader as its reward, or raft, fine-tuning on what it accepts; evaluation, model in checkpoints/final
    sft_alone      optional: the same base on the expert rows only, at its best setting, evaluation
    unlabelled     optional: the models on prompts without references, by graders that need none
    summary.json and report.html

The same call resumes: what a stage has finished (a folder in checkpoints/, results in results.jsonl) is not done again, and a training goes
on from its last whole checkpoint with the same steps as if nothing had happened. One process, or several under torchrun or accelerate:
then every process goes through this function, and rank 0 alone holds the run folder and reports (see `ranks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.evaluating.huggingface import use_few_threads
from rewardkit.interop.trl import workers_here
from rewardkit.judging.named import hosts_told
from rewardkit.judging.spending import check_prices
from rewardkit.judging.terms import terms
from rewardkit.runs import RunFolder, read_run, read_summary
from rewardkit.runs.report import write_report
from rewardkit.scoring import Scorer

from .card import write_card
from .curricula.resampling import check_resampling
from .finished import Trained
from .folders import open_folder
from .folding import train_folds
from .foretelling import foretold
from .jobs import Job, control_told, prepare
from .methods.policies import quiet
from .preflight import preflight
from .publishing import UNLABELLED
from .ranks import Ranks, joined, refuse_sharded_models
from .reporting import Prefixed, Reporter, Silent
from .reward.shares import check_deadline, check_groups, check_round_deadline
from .rows.showing import can_show, plan_of, trained_on
from .rows.unlabelled import uncalibrated
from .settings import arguments
from .settings.config import ddp_timeout, load_config
from .settings.sampling import check_accepting
from .stages import Stages, has_models, has_results


def run(
    config_path: str | Path,
    *,
    dry_run: bool = False,
    untested: bool = False,
    name: str | None = None,
    seed: int | None = None,
    control: str | None = None,
    runs_dir: str | Path = "runs",
    texts: bool = True,
    reporter: Reporter | None = None,
) -> Path:
    """Train as RUN.toml says, or go on with it, and return the run folder `runs_dir/name/`.

    `dry_run` stops after the preflight and writes nothing; `untested` takes graders that `rewardkit test` has not passed; `texts` False
    keeps prompts and completions out of the report; `seed` takes the place of RUN.toml's, and the run is then called NAME-seedN; `control` ("random",
    "format", "shuffled-reference") makes it a control experiment, called NAME-control-KIND.
    Raises ConfigError, DataError or GraderError before a model is loaded where it can, and GuardStop when a guard stops the run.
    """
    config_path = Path(config_path)
    arguments.require_training()
    use_few_threads()  # before torch is imported
    with joined(timeout=ddp_timeout(config_path)) as ranks, ExitStack() as judging:
        reporter = reporter if reporter is not None and ranks.leads else Silent()
        file = ranks.together(lambda: load_config(config_path, seed=seed, control=control))
        path = Path(runs_dir) / (name or file.config.name)
        judge = file.config.judge
        judging.enter_context(terms(judge=judge.model, budget=judge.budget, price=judge.price))
        job = ranks.together(lambda: prepare(file, untested=untested, say=reporter.say))
        if not dry_run and ranks.first(lambda: _is_complete(job, path, ranks)):
            reporter.say(f"{path} is complete; nothing left to do")
            ranks.first(lambda: write_report(path, texts=texts))
            ranks.first(lambda: _write_card(job, path))
            return path
        for line in told_before(job):
            reporter.say(line)
        with quiet():
            ranks.together(partial(_check_settings, job, ranks, reporter))
            ranks.together(lambda: check_prices(job.all_graders))
            for line in hosts_told(job.all_graders):
                reporter.say(line)
            with _ledger_of_preflight(ranks) as asked:
                if dry_run or ranks.first(lambda: not (path / "run.json").is_file()):
                    # Before there is a folder: a run that preflight refuses can be started again with another RUN.toml.
                    _look_ahead(job, asked, reporter, ranks)
                if dry_run:
                    return path
                with (
                    _folder_of_first(job, path, ranks) as folder,
                    terms(ledger=path / "judge_calls.jsonl"),
                    Scorer(workers=workers_here()) as scorer,
                ):
                    ranks.first(lambda: _append(asked, path / "judge_calls.jsonl"))
                    _train(job, path, folder, scorer, reporter, ranks, texts=texts)
                ranks.first(lambda: _write_card(job, path))
    return path


@contextmanager
def _ledger_of_preflight(ranks: Ranks) -> Iterator[Path]:
    """A file, the same for all processes, in which is noted what judges are asked before there is a run folder."""
    with TemporaryDirectory() as folder:
        yield ranks.first(lambda: Path(folder) / "judge_calls.jsonl")


def _append(asked: Path, ledger: Path) -> None:
    """Put what the preflight asked to what the run asks: both count for the budget."""
    if asked.is_file():
        with ledger.open("ab") as file:
            file.write(asked.read_bytes())


def _look_ahead(job: Job, ledger: Path, reporter: Reporter, ranks: Ranks) -> None:
    """The preflight, and what it says of the whole run. What its judges are asked is noted in `ledger`."""
    with Scorer(workers=workers_here()) as scorer:
        seen = preflight(job, None, scorer, reporter, ranks, ledger=ledger)
    for line in ranks.together(lambda: foretold(job, seen, ranks)):
        reporter.say(line)


def _write_card(job: Job, path: Path) -> None:
    """The README.md of the model that is kept."""
    if job.keeps_model:
        write_card(Trained(path, read_run(path), read_summary(path), job.file))


def _check_settings(job: Job, ranks: Ranks, reporter: Reporter) -> None:
    """Everything that TRL, peft and the number of processes can be asked before a model is loaded."""
    if ranks.size > 1:
        refuse_sharded_models()
    arguments.check_tables(job.file)
    check_accepting(job.file, job.grader)
    if job.file.config.method == "raft":
        warning = check_round_deadline(job.file, len(job.samples.train), job.grader, ranks)
    else:
        settings = arguments.grpo_arguments(job.file, Path("unused"))
        check_groups(job.file, settings, job.grader)
        check_resampling(job.file, settings, ranks)
        warning = check_deadline(job.file, settings, job.grader, ranks)
    if warning:
        reporter.say(f"warning: {warning}")


def told_before(job: Job) -> list[str]:
    """What is said before anything runs: how rows are held out and at what cost, what they can show, and what judges the others."""
    run, samples = job.file.config, job.samples
    unlabelled = job.graders if samples.source == "unlabelled" else job.unlabelled
    beside = job.on_unlabelled()
    return [
        *control_told(job),
        *plan_of(run, samples),
        can_show(samples),
        *([can_show(beside.samples)] if beside else []),
        *(f"warning: {line}" for line in (*trained_on(samples), *uncalibrated(unlabelled))),
    ]


def _train(
    job: Job,
    path: Path,
    folder: RunFolder | None,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
    *,
    texts: bool,
) -> None:
    """Everything that the run in `path` lacks: its folds, its stages, and the unlabelled prompts."""

    def part(job: Job, path: Path, reporter: Reporter) -> bool:
        with _folder_of_first(job, path, ranks) as inner:
            if ranks.first(lambda: inner is not None and _is_done(job, inner)):
                return False
            _all(Stages(job, path, inner, scorer, reporter, ranks, texts=texts), ranks)
        return True

    stages = Stages(job, path, folder, scorer, reporter, ranks, texts=texts)
    if job.samples.folds:
        ranks.first(stages.keep_texts)
        train_folds(job, path, folder, reporter, ranks, part)
        ranks.first(stages.publish)  # the figures stand; what follows is the model that is kept
    if not job.keeps_model:
        return
    _all(stages, ranks)
    beside = job.on_unlabelled()
    if beside is not None:
        where, told = path / UNLABELLED, Prefixed(reporter, UNLABELLED)
        with _folder_of_first(beside, where, ranks) as inner:
            Stages(beside, where, inner, scorer, told, ranks, texts=texts).measure(path)
        ranks.first(stages.publish)  # which tells what came of it


def _all(stages: Stages, ranks: Ranks) -> None:
    """All stages; when a guard stops them, a report of what there is, before any process ends: a launcher kills the others then."""
    try:
        stages.all()
    except GuardStop:
        ranks.together(lambda: stages.publish() if ranks.leads else None)
        raise


def _is_complete(job: Job, path: Path, ranks: Ranks) -> bool:
    """Whether an earlier start of the same run has finished it; ConfigError when the folder holds another run. Imports no torch otherwise."""
    if not (path / "summary.json").is_file():
        return False
    try:
        with open_folder(job, path, ranks) as folder:
            done = _is_done(job, folder)
        beside = job.on_unlabelled()
        return done and (beside is None or _is_measured(beside, path / UNLABELLED, ranks))
    except ConfigError:
        with quiet():
            arguments.check_tables(job.file)  # for a misspelt key, the nearest one is the better answer
        raise


def _is_done(job: Job, folder: RunFolder) -> bool:
    """Whether every answer, every model that is to be kept, and the summary are there."""
    models = has_models(job, folder.path) or not job.keeps_model
    return models and has_results(job, folder) and (folder.path / "summary.json").is_file()


def _is_measured(job: Job, path: Path, ranks: Ranks) -> bool:
    """Whether the unlabelled prompts were answered by every model."""
    if not (path / "summary.json").is_file():
        return False
    with open_folder(job, path, ranks) as folder:
        return has_results(job, folder)


@contextmanager
def _folder_of_first(job: Job, path: Path, ranks: Ranks) -> Iterator[RunFolder | None]:
    """The run folder on rank 0, which holds it for the whole run; None on the others."""
    folder = ranks.together(lambda: open_folder(job, path, ranks) if ranks.leads else None)
    with folder or nullcontext():
        yield folder
