"""`rewardkit test`: may this grader drive training?"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..collecting import check_renamed, collect
from ..errors import ConfigError, GraderError, did_you_mean
from ..grader import same_code
from ..interop import with_shape
from ..options import Answer
from .common import Exit, Json, err, out, print_json, progress_bar
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
from .on_completions import (
    Holdout,
    On,
    columns_of_data,
    given,
    samples_of_completions,
    trials_on_completions,
    with_completions,
)
from .scoring import Columns, Shape, Workers, parse_columns

if TYPE_CHECKING:
    from ..checking import GraderReport, Level
    from ..checking.known_rows import KnownRow
    from ..checking.replay import Command
    from ..grader import Grader
    from ..samples import Sample


def run_tests(
    context: typer.Context,
    targets: Annotated[
        list[str] | None, typer.Argument(help="Folders, files, file.py:name or package.module:name.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Rows to test on: the sample's columns and, optional, `gold` and `wrong` completions."
        ),
    ] = None,
    on: On = None,
    holdout: Holdout = None,
    column: Columns = None,
    shape: Shape = None,
    answer: Annotated[
        Answer | None,
        typer.Option(
            help="What kind of answer is graded, for graders that do not declare it: functions written for TRL or verl cannot."
        ),
    ] = None,
    grader: Annotated[
        list[str] | None, typer.Option(help="Test only the grader of this name. Repeatable.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="About 10 seconds a grader: fewer rows, no other surroundings.")
    ] = False,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="As long as it takes: four times the rows, and mutants of its code."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides which rows and answers are tried.")] = 0,
    workers: Workers = None,
    judge: JudgeName = None,
    replay_verdicts: ReplayVerdicts = False,
    judge_budget: JudgeBudget = None,
    judge_price: JudgePrice = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results as JUnit XML to this file.")] = None,
    replay: Annotated[
        str | None, typer.Option(help="Run one finding of the last run again, by its id.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say of every skipped check why it was skipped.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Test graders on their cases, orders and probes, on the rows of a data file, and with answers that try to cheat.

    Ends with 1 when a grader fails, 0 otherwise. A passing grader is written to graders.lock, which `rewardkit train` reads, unless
    the test was --fast. By default a grader gets about 60 seconds. On GitHub Actions findings are annotations of the lines they are about.

    Examples:

      rewardkit test graders --data claims.csv

      rewardkit test graders/claims.py --fast

      rewardkit test graders --deep --junit results.xml

      rewardkit test my_rewards.py:compute_score --data rows.parquet --answer number

      rewardkit test support_reply.toml --judge openai:my-judge@http://localhost:8000/v1

      rewardkit test graders --on runs/demo --holdout graders/strict.py:strict
    """
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price)
    if replay is not None:
        _replay(replay, workers, as_json=as_json)
        return
    from ..checking import guess_columns
    from ..checking import replay as findings
    from ..checking.continuous import github_annotations, write_junit
    from ..checking.report import guesses_line, report_lines, to_json

    command = findings.Command(
        targets=tuple(with_shape(targets or _default_targets(), shape)),
        data=str(data) if data else None,
        columns=parse_columns(column),
        answer=answer,
        seed=seed,
        level=_level(fast=fast, deep=deep).name,
        on=str(on) if on else None,
        holdout=holdout,
    )
    graders = _chosen(_collected(command), grader or [])
    check_renamed(columns_of_data(command), graders)
    samples = _samples(command)
    guessed = guess_columns(graders, samples or samples_of_completions(command))
    command = command.model_copy(update={"guessed": guessed})
    if command.guessed and not as_json:
        out().print(guesses_line(command.guessed), soft_wrap=True)
    written = given(command)
    say_hosts(graders, replay=replay_verdicts)
    with counting(graders) as spent:
        reports = _check(graders, samples, command, workers, quiet=as_json)
        reports = with_completions(graders, reports, command, written, workers, quiet=as_json)
        asked = spent()
    try:
        if as_json:
            costs = {} if asked is None else {"judges": asked.as_json()}
            print_json({**to_json(reports), "guessed_columns": command.guessed, **costs})
        else:
            for line in report_lines(reports, verbose=verbose):
                out().print(line, soft_wrap=True)
            print_spent(asked)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                for text in github_annotations(reports):
                    out().print(text, markup=False, soft_wrap=True)
    finally:  # after the report, which a folder that cannot be written must not cost; and also when its reader has gone
        findings.store(command, reports)
        if junit is not None:
            write_junit(junit, reports)
        _write_lock(graders, reports, proving=not fast)
    if any(report.verdict == "fail" for report in reports):
        raise typer.Exit(Exit.FINDINGS)


def _level(*, fast: bool, deep: bool) -> Level:
    from ..checking import DEEP, DEFAULT, FAST

    if fast and deep:
        raise ConfigError("--fast and --deep exclude each other; leave one out")
    return FAST if fast else DEEP if deep else DEFAULT


def _collected(command: Command) -> list[Grader]:
    """The graders of the targets, with the kind of answer that the command names where they declare none."""
    graders = collect(command.targets)
    if command.answer is None:
        return graders
    return [
        grader
        if grader.options.answer
        else same_code(grader, options=replace(grader.options, answer=command.answer))
        for grader in graders
    ]


def _default_targets() -> list[str]:
    if not Path("graders").is_dir():
        raise GraderError(
            "no target was given, and there is no folder 'graders' here; name a folder or file: rewardkit test my_graders.py, "
            "or start a project that has one: rewardkit init claims"
        )
    return ["graders"]


def _check(
    graders: list[Grader], samples: list[Sample], command: Command, workers: int | None, *, quiet: bool
) -> list[GraderReport]:
    from ..checking import check_graders
    from ..checking.levels import level_of

    rows = _rows(graders, samples, command)  # columns are checked before anything runs
    with progress_bar(quiet=quiet) as progress:
        tasks = [progress.add_task(grader.name, total=None, start=False, note="") for grader in graders]

        def advance(place: int, done: int, of: int) -> None:
            if not progress.tasks[place].started:
                progress.start_task(tasks[place])
            progress.update(tasks[place], completed=done, total=of)

        return check_graders(
            graders,
            rows,
            seed=command.seed,
            level=level_of(command.level),
            workers=workers,
            guessed_gold=command.guessed.get("gold"),
            on_progress=advance,
        )


def _replay(replay: str, workers: int | None, *, as_json: bool) -> None:
    """Run one stored finding again and show it whole; ends with 1 while it still breaks its expectation."""
    from ..checking import accepted_golds, roles
    from ..checking import replay as findings
    from ..checking.levels import level_of
    from ..checking.report import replay_json, replay_lines
    from ..checking.trials import Material
    from ..scoring import Scorer

    command, name, check = findings.find(replay)
    graders = _collected(command)
    (grader,) = _chosen(graders, [name])
    role = roles(graders)[graders.index(grader)]
    (known,) = _rows([grader], _samples(command), command)
    material = Material(grader, known, command.seed, role, level_of(command.level))
    with Scorer(workers=workers or 1) as scorer:
        if "gold" in command.guessed:
            accepted, _ = accepted_golds(scorer, material, command.guessed["gold"])
            material = replace(material, rows=accepted)
        replayed = findings.run_again(
            scorer, material, check, replay, others=trials_on_completions(material, command)
        )
    if as_json:
        print_json(replay_json(replayed))
    else:
        for line in replay_lines(replayed):
            out().print(line, soft_wrap=True)
    if replayed.still_broken:
        raise typer.Exit(Exit.FINDINGS)


def _write_lock(graders: list[Grader], reports: list[GraderReport], *, proving: bool) -> None:
    """Put in what is proved, if the test was one that proves, and take out what is not."""
    import datetime

    from ..checking import lock

    proved = [grader for grader, report in zip(graders, reports, strict=True) if report.proved]
    others = [grader for grader, report in zip(graders, reports, strict=True) if not report.proved]
    lock.update(proved if proving else [], others, today=datetime.date.today())


def _samples(command: Command) -> list[Sample]:
    from ..samples import read_samples

    if command.data is None:
        if command.columns and command.on is None:
            err().print("[yellow]--column has no effect without --data[/]")
        return []
    samples = read_samples(command.data, columns=columns_of_data(command), recognised=False)
    if any("completion" in sample.columns for sample in samples):
        err().print("column 'completion' is not used here; `rewardkit grade` scores it", markup=False)
    return samples


def _rows(graders: list[Grader], samples: list[Sample], command: Command) -> list[list[KnownRow]]:
    """The rows that each grader is tested on."""
    from ..checking import data_rows, known_rows, with_guesses

    data = data_rows(with_guesses(samples, command.guessed))
    return [known_rows(grader, data) for grader in graders]


def _chosen(graders: list[Grader], names: list[str]) -> list[Grader]:
    known = [grader.name for grader in graders]
    for name in names:
        if name not in known:
            raise GraderError(f"no grader '{name}'; found: {', '.join(known)}.{did_you_mean(name, known)}")
    return [grader for grader in graders if not names or grader.name in names]
