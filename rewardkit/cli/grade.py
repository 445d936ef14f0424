"""`rewardkit grade`: score completions that exist already, in a file or in an earlier run."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Json, err, out, print_json, reading
from .judging import (
    JudgeBudget,
    JudgeName,
    JudgePrice,
    ReplayVerdicts,
    ask_judges,
    counting,
    print_spent,
    say_hosts,
)
from .scoring import (
    Cluster,
    Columns,
    Engine,
    Graders,
    GuardWindow,
    Limit,
    MaxUnscored,
    NoCache,
    NoTexts,
    RayAddress,
    RayFiles,
    RetryUnscored,
    RunName,
    RunsDir,
    Shape,
    Slices,
    Workers,
    parse_columns,
    progress,
    run_named,
    say_how_it_starts,
    say_shape,
    scorer_for,
)
from .standings import print_comparisons, print_figures, print_reused
from .unscored import resumable, warn_of_unscored

if TYPE_CHECKING:
    from ..evaluating.grade_jobs import GradeJob
    from ..evaluating.publishing import Published
    from ..judging.spending import Spent


def grade_file(
    context: typer.Context,
    grader: Graders,
    answers: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DATA]",
            help="A .jsonl, .json, .csv or .parquet file with a column 'completion' and those that the graders ask for.",
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN",
            help="Score the completions of that run in place of a file's: all its stages, without generating anything.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "-d",
            help="With --from: the file of the samples, where the run keeps no texts.",
            show_default=False,
        ),
    ] = None,
    shape: Shape = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write the results here too, one JSON line per row and grader, in the order of the rows.",
        ),
    ] = None,
    column: Columns = None,
    slice_by: Slices = None,
    cluster: Cluster = None,
    run: RunName = None,
    runs_dir: RunsDir = Path("runs"),
    workers: Workers = None,
    engine: Engine = "process",
    ray_address: RayAddress = None,
    ray_working_dir: RayFiles = None,
    no_cache: NoCache = False,
    judge: JudgeName = None,
    replay_verdicts: ReplayVerdicts = False,
    judge_budget: JudgeBudget = None,
    judge_price: JudgePrice = None,
    max_unscored: MaxUnscored = 0.05,
    guard_window: GuardWindow = 200,
    limit: Limit = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            help="Seeds graders that ask for a seed, and --limit. Default: 0, or with --from that of the run.",
            show_default=False,
        ),
    ] = None,
    retry_unscored: RetryUnscored = False,
    no_texts: NoTexts = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Check the data, say what judges would be asked and about what it would cost, and stop.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Score completions that exist already, in a file or in an earlier run, and write a report.

    Rows with the same id, or without ids the same content but for the completion, are completions of one sample.

    The file is read twice and never held: first every row is looked at, then they are graded a window at a time, in the order of the rows.

    What could not be scored is counted with its cause and left out of every mean; when there is too much of it the run stops with code 3.
    The same command again resumes.

    Examples:

      rewardkit grade answers.csv --grader graders.py

      rewardkit grade answers.jsonl -g rewardkit.graders.sql:text_to_sql --out scores.jsonl

      rewardkit grade --from runs/demo -g stricter.py

      rewardkit grade answers.parquet -g graders.py:exact --column completion=output

      rewardkit grade replies.jsonl -g reply_quality.toml --judge openai:my-judge@http://localhost:8000/v1

      rewardkit grade replies.jsonl -g reply_quality.toml --judge-price 0.40,1.60 --dry-run
    """
    from ..collecting import collect
    from ..evaluating.answer_files import open_answers
    from ..evaluating.baselines import SomeSamples
    from ..evaluating.grade_jobs import job_of_file, job_of_run
    from ..evaluating.grading import check_export, export_results, is_complete
    from ..evaluating.grading import grade as grade_answers
    from ..evaluating.publishing import publish
    from ..evaluating.stored import open_stored
    from ..guard import Guard
    from ..interop import with_shape

    began = time.monotonic()
    gc.set_threshold(50_000)  # by default an eighth of the time goes into looking for cycles among the rows
    columns = parse_columns(column)
    guard = Guard(max_unscored, guard_window)
    _check_source(answers, source, data)
    if export is not None:
        check_export(export, answers or data)
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price, engine=engine)
    graders = collect(with_shape(grader, shape))
    parts = slice_by or ()
    with reading(answers or source, quiet=as_json):
        if answers is not None:
            opened = open_answers(
                answers, graders, columns=columns, limit=limit, seed=seed or 0, on_shape=say_shape(answers)
            )
            job = job_of_file(opened, graders, limit=limit, slices=parts, cluster=cluster)
        else:
            path = run_named(str(source), runs_dir)
            stored = open_stored(path, graders, data=data, columns=columns, limit=limit, seed=seed)
            job = job_of_run(
                stored, graders, data=data, columns=columns, limit=limit, slices=parts, cluster=cluster
            )
    if dry_run:
        _estimate(job, as_json=as_json)
        return
    with (
        job.folder(run, runs_dir) as folder,
        counting(graders, folder.path / "judge_calls.jsonl") as spent,
        scorer_for(
            engine, workers, not no_cache, ray_address=ray_address, ray_working_dir=ray_working_dir
        ) as scorer,
    ):
        say_how_it_starts(folder, len(graders), len(job), "row", named=run is not None)
        if retry_unscored and (dropped := folder.drop_results(lambda result: result.value is None)):
            err().print(f"{dropped:,} unscored results are scored again")
        some = SomeSamples(job.seed)
        complete = is_complete(job.given, graders, folder)
        if complete:
            err().print(f"{folder.path} is complete; nothing left to do", markup=False, soft_wrap=True)
        else:
            if len(job.stages) > 1:
                err().print(job.shows(), markup=False, soft_wrap=True)
            say_hosts(graders, replay=replay_verdicts)
            job.prepare(folder)
            with (
                resumable(folder.path, job.locate, as_json=as_json),
                progress("grading", quiet=as_json) as on_progress,
            ):
                grade_answers(
                    job.given,
                    graders,
                    folder,
                    scorer,
                    guard=guard,
                    texts=not no_texts,
                    on_progress=on_progress,
                    on_sample=some.add,
                )
        if export is not None:
            export_results(job.given, graders, folder, export)
        reused = scorer.reused
        constants = job.baselines(folder, scorer, some, again=not complete, texts=not no_texts)
        found = publish(
            folder,
            graders,
            verb="grade",
            seconds=time.monotonic() - began,
            reused=reused,
            texts=not no_texts,
            stages=job.stages,
            parts=job.parts,
            baselines=constants,
            locate=job.locate,
        )
    if as_json:
        print_json(_as_json(folder.path, job, found, export, spent()))
        warn_of_unscored(found.standings, max_unscored)
        return
    print_figures(found, folder.path)
    print_reused(
        found.reused, found.standings, earlier=not no_cache and any(g.options.cache for g in graders)
    )
    print_spent(spent())
    if found.is_compared:
        print_comparisons(found, job.shows())
    if export is not None:
        out().print(f"results  {export}", highlight=False, markup=False, soft_wrap=True)
    out().print(f"report   {found.report}", highlight=False, markup=False, soft_wrap=True)
    warn_of_unscored(found.standings, max_unscored)


def _check_source(answers: Path | None, source: str | None, data: Path | None) -> None:
    """ConfigError unless completions come from one place."""
    from ..errors import ConfigError

    if answers is not None and source is not None:
        raise ConfigError(
            f"{answers} and --from {source}: completions come from one place; leave one of them out"
        )
    if answers is None and source is None:
        raise ConfigError("name what to grade: a file of completions, or --from RUN for those of a run")
    if data is not None and source is None:
        raise ConfigError(f"--data {data} is for --from RUN; a file of completions has its samples in it")


def _estimate(job: GradeJob, *, as_json: bool) -> None:
    """What `--dry-run` says."""
    from itertools import chain

    from ..evaluating.windows import Pace, windows
    from ..judging.estimates import estimate
    from ..judging.named import hosts_of

    graders, hosts = job.graders, hosts_of(job.graders)
    groups = any(g.in_groups for g in graders)
    cut = (windows(each.answers, Pace(), whole_groups=groups) for each in job.given)
    asked = estimate(graders, chain.from_iterable(cut))
    if as_json:
        print_json(
            {
                "rows": len(job),
                "graders": [g.name for g in graders],
                "hosts": list(hosts),
                "judges": asked.as_json(),
            }
        )
        return
    lines = [f"rows     {len(job):,}", f"graders  {', '.join(grader.name for grader in graders)}"]
    if any(grader.asks_a_judge for grader in graders):
        whom = f" of {', '.join(hosts)}" if hosts else ""
        lines.append(f"judges   about {asked}{whom}; verdicts that are kept are asked for no more")
    for line in lines:
        out().print(line, highlight=False, markup=False, soft_wrap=True)
    out().print("Nothing was scored or sent: --dry-run.")


def _as_json(
    folder: Path, job: GradeJob, found: Published, export: Path | None, spent: Spent | None
) -> dict[str, Any]:
    return {
        "run": str(folder),
        "report": str(found.report),
        "out": None if export is None else str(export),
        "rows": len(job),
        "reused": found.reused,
        **({} if spent is None else {"judges": spent.as_json()}),
        "graders": [standing.as_json() for standing in found.standings],
        "comparisons": [row.model_dump() for row in found.comparisons],
        "lengths": [row.model_dump() for row in found.lengths],
        "baselines": [row.model_dump() for row in found.baselines],
    }
