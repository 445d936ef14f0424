"""`rewardkit grade`: score completions that are in a file already."""

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
    Seed,
    Shape,
    Workers,
    parse_columns,
    progress,
    save,
    say_how_it_starts,
    scorer_for,
)
from .standings import print_reused, print_standings
from .unscored import resumable, warn_of_unscored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evaluating.answer_files import AnswerFile
    from ..evaluating.standings import Standing
    from ..grader import Grader
    from ..judging.spending import Spent
    from ..runs import RunFolder


def grade_file(
    context: typer.Context,
    data: Annotated[
        Path,
        typer.Argument(
            help="A .jsonl, .json, .csv or .parquet file with a column 'completion' and those that the graders ask for.",
            show_default=False,
        ),
    ],
    grader: Graders,
    shape: Shape = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write the results here too, one JSON line per row and grader, in the order of the rows.",
        ),
    ] = None,
    column: Columns = None,
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
    seed: Seed = 0,
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
    """Score completions that are in a file already, and write a report.

    Rows with the same id, or without ids the same content but for the completion, are completions of one sample.

    The file is read twice and never held: first every row is looked at, then they are graded a window at a time, in the order of the rows.

    What could not be scored is counted with its cause and left out of every mean; when there is too much of it the run stops with code 3.
    The same command again resumes.

    Examples:

      rewardkit grade answers.csv --grader graders.py

      rewardkit grade answers.jsonl -g rewardkit.graders.sql:text_to_sql --out scores.jsonl

      rewardkit grade answers.parquet -g graders.py:exact --column completion=output

      rewardkit grade replies.jsonl -g reply_quality.toml --judge openai:my-judge@http://localhost:8000/v1

      rewardkit grade replies.jsonl -g reply_quality.toml --judge-price 0.40,1.60 --dry-run
    """
    from ..collecting import collect
    from ..evaluating.answer_files import open_answers
    from ..evaluating.grading import check_export, export_results, is_complete
    from ..evaluating.grading import grade as grade_answers
    from ..evaluating.standings import standings
    from ..guard import Guard
    from ..interop import with_shape
    from ..runs import iter_faults

    began = time.monotonic()
    gc.set_threshold(50_000)  # by default an eighth of the time goes into looking for cycles among the rows
    columns = parse_columns(column)
    guard = Guard(max_unscored, guard_window)
    if export is not None:
        check_export(export, data)
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price, engine=engine)
    graders = collect(with_shape(grader, shape))
    with reading(data, quiet=as_json):
        answers = open_answers(data, graders, columns=columns, limit=limit, seed=seed)
    if dry_run:
        _estimate(answers, graders, as_json=as_json)
        return
    with (
        _open(answers, graders, run, runs_dir, limit) as folder,
        counting(graders, folder.path / "judge_calls.jsonl") as spent,
        scorer_for(
            engine, workers, not no_cache, ray_address=ray_address, ray_working_dir=ray_working_dir
        ) as scorer,
    ):
        say_how_it_starts(folder, len(graders), len(answers), "row", named=run is not None)
        if retry_unscored and (dropped := folder.drop_results(lambda result: result.value is None)):
            err().print(f"{dropped:,} unscored results are scored again")
        if is_complete(answers, graders, folder):
            err().print(f"{folder.path} is complete; nothing left to do", markup=False, soft_wrap=True)
        else:
            say_hosts(graders, replay=replay_verdicts)
            with (
                resumable(folder.path, answers.places, as_json=as_json),
                progress("grading", quiet=as_json) as on_progress,
            ):
                grade_answers(
                    answers,
                    graders,
                    folder,
                    scorer,
                    guard=guard,
                    texts=not no_texts,
                    on_progress=on_progress,
                )
        if export is not None:
            export_results(answers, graders, folder, export)
        found = standings(folder.iter_results(), graders, iter_faults(folder.path), answers.places)
        seconds = time.monotonic() - began
        report, reused = save(
            folder, found, verb="grade", seconds=seconds, reused=scorer.reused, texts=not no_texts
        )
    if as_json:
        print_json(_as_json(folder, answers, found, reused, report, export, spent()))
        warn_of_unscored(found, max_unscored)
        return
    print_standings(found, folder.path)
    print_reused(reused, found, earlier=not no_cache and any(g.options.cache for g in graders))
    print_spent(spent())
    if export is not None:
        out().print(f"results  {export}", highlight=False, markup=False, soft_wrap=True)
    out().print(f"report   {report}", highlight=False, markup=False, soft_wrap=True)
    warn_of_unscored(found, max_unscored)


def _estimate(answers: AnswerFile, graders: Sequence[Grader], *, as_json: bool) -> None:
    """What `--dry-run` says."""
    from ..evaluating.windows import Pace, windows
    from ..judging.estimates import estimate
    from ..judging.named import hosts_of

    hosts = hosts_of(graders)
    asked = estimate(graders, windows(answers, Pace(), whole_groups=any(g.in_groups for g in graders)))
    if as_json:
        print_json(
            {
                "rows": len(answers),
                "graders": [g.name for g in graders],
                "hosts": list(hosts),
                "judges": asked.as_json(),
            }
        )
        return
    lines = [f"rows     {len(answers):,}", f"graders  {', '.join(grader.name for grader in graders)}"]
    if any(grader.asks_a_judge for grader in graders):
        whom = f" of {', '.join(hosts)}" if hosts else ""
        lines.append(f"judges   about {asked}{whom}; verdicts that are kept are asked for no more")
    for line in lines:
        out().print(line, highlight=False, markup=False, soft_wrap=True)
    out().print("Nothing was scored or sent: --dry-run.")


def _open(
    answers: AnswerFile, graders: Sequence[Grader], run: str | None, runs_dir: Path, limit: int | None
) -> RunFolder:
    from ..evaluating.identity import default_name, file_identity, versions
    from ..evaluating.standings import primary_of
    from ..paths import display_path
    from ..runs import RunFolder

    data, seed = answers.path, answers.seed
    places = {g.name: display_path(g.file) for g in graders}
    config = {"data": str(data), "columns": answers.columns, "limit": limit, "graders": places}
    fingerprints = {g.name: g.fingerprint for g in graders}
    samples = file_identity(data, len(answers), drawn_by=None if limit is None else seed, files=answers.files)
    name = run or default_name(data.stem, {**config, **fingerprints, **samples, "seed": seed})
    return RunFolder.open(
        runs_dir,
        name,
        "grade",
        config,
        versions=versions("duckdb", "sqlglot"),
        fingerprints=fingerprints,
        seed=seed,
        samples=samples,
        primary=primary_of(graders).name,
    )


def _as_json(
    folder: RunFolder,
    answers: AnswerFile,
    found: Sequence[Standing],
    reused: int,
    report: Path,
    export: Path | None,
    spent: Spent | None,
) -> dict[str, Any]:
    return {
        "run": str(folder.path),
        "report": str(report),
        "out": None if export is None else str(export),
        "rows": len(answers),
        "reused": reused,
        **({} if spent is None else {"judges": spent.as_json()}),
        "graders": [standing.as_json() for standing in found],
    }
