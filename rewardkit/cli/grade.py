"""`rewardkit grade`: score completions that are in a file already."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Json, err, out, print_json
from .scoring import (
    Columns,
    Graders,
    Limit,
    NoTexts,
    RetryUnscored,
    RunName,
    RunsDir,
    Seed,
    Shape,
    Workers,
    parse_columns,
    print_standings,
    progress,
    save,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evaluating.answers import Answer
    from ..evaluating.standings import Standing
    from ..grader import Grader
    from ..runs import RunFolder


def grade_file(
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
    limit: Limit = None,
    seed: Seed = 0,
    retry_unscored: RetryUnscored = False,
    no_texts: NoTexts = False,
    as_json: Json = False,
) -> None:
    """Score completions that are in a file already, and write a report.

    Rows with the same id, or without ids the same content but for the completion, are completions of one sample.

    What could not be scored is counted with its cause and left out of every mean. The same command again resumes.

    Examples:

      rewardkit grade answers.csv --grader graders.py

      rewardkit grade answers.jsonl -g rewardkit.graders.sql:text_to_sql --out scores.jsonl

      rewardkit grade answers.parquet -g graders.py:exact --column completion=output
    """
    from ..collecting import check_columns, collect
    from ..evaluating.grading import check_export, export_results, is_complete, read_answers
    from ..evaluating.grading import grade as grade_answers
    from ..evaluating.standings import standings
    from ..interop import with_shape
    from ..scoring import Scorer

    began = time.monotonic()
    columns = parse_columns(column)
    if export is not None:
        check_export(export, data)
    graders = collect(with_shape(grader, shape))
    answers = read_answers(data, columns=columns, limit=limit, seed=seed)
    for each in graders:
        check_columns(each, [answer.sample for answer in answers])
    with (
        _open(data, answers, graders, columns, run, runs_dir, limit, seed) as folder,
        Scorer(workers=workers) as scorer,
    ):
        if retry_unscored:
            dropped = folder.drop_results(lambda result: result.value is None)
            err().print(f"{dropped:,} unscored results are scored again")
        if not no_texts:
            folder.append_samples(answer.sample for answer in answers)
        if is_complete(answers, graders, folder):
            err().print(f"{folder.path} is complete; nothing left to do", markup=False, soft_wrap=True)
        with progress("grading", quiet=as_json) as on_progress:
            results = grade_answers(answers, graders, folder, scorer, on_progress)
        if export is not None:
            export_results(results, export)
        found = standings(results, graders)
        report = save(folder, found, verb="grade", seconds=time.monotonic() - began, texts=not no_texts)
    if as_json:
        print_json(_as_json(folder, answers, found, report, export))
        return
    print_standings(found)
    if export is not None:
        out().print(f"results  {export}", highlight=False, markup=False, soft_wrap=True)
    out().print(f"report   {report}", highlight=False, markup=False, soft_wrap=True)


def _open(
    data: Path,
    answers: Sequence[Answer],
    graders: Sequence[Grader],
    columns: dict[str, str],
    run: str | None,
    runs_dir: Path,
    limit: int | None,
    seed: int,
) -> RunFolder:
    from ..evaluating.identity import default_name, file_identity, versions
    from ..evaluating.standings import primary_of
    from ..paths import display_path
    from ..runs import RunFolder

    places = {g.name: display_path(g.file) for g in graders}
    config = {"data": str(data), "columns": columns, "limit": limit, "graders": places}
    fingerprints = {g.name: g.fingerprint for g in graders}
    samples = file_identity(data, len(answers), drawn_by=None if limit is None else seed)
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
    folder: RunFolder, answers: Sequence[Answer], found: Sequence[Standing], report: Path, export: Path | None
) -> dict[str, Any]:
    return {
        "run": str(folder.path),
        "report": str(report),
        "out": None if export is None else str(export),
        "rows": len(answers),
        "graders": [standing.as_json() for standing in found],
    }
