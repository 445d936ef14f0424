"""`rewardkit test`: may this grader drive training?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..collecting import check_renamed, collect
from ..errors import GraderError, did_you_mean
from ..interop import with_shape
from .common import Exit, Json, err, out, print_json, progress_bar
from .scoring import Columns, Shape, Workers, parse_columns

if TYPE_CHECKING:
    from ..checking import GraderReport
    from ..checking.known_rows import DataRow
    from ..checking.replay import Command
    from ..grader import Grader


def run_tests(
    targets: Annotated[
        list[str] | None, typer.Argument(help="Folders, files, file.py:name or package.module:name.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Rows to test on: the sample's columns and, optional, `gold` and `wrong` completions."
        ),
    ] = None,
    column: Columns = None,
    shape: Shape = None,
    grader: Annotated[
        list[str] | None, typer.Option(help="Test only the grader of this name. Repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides which rows and answers are tried.")] = 0,
    workers: Workers = None,
    replay: Annotated[
        str | None, typer.Option(help="Run one finding of the last run again, by its id.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say of every skipped check why it was skipped.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Test graders on their cases, orders and probes, on the rows of a data file, and with answers that try to cheat.

    Ends with 1 when a grader fails, 0 otherwise. A passing grader is written to graders.lock, which `rewardkit train` reads.

    Example: rewardkit test graders --data claims.csv
    """
    if replay is not None:
        _replay(replay, workers, as_json=as_json)
        return
    from ..checking import replay as findings
    from ..checking.report import report_lines, to_json

    command = findings.Command(
        targets=tuple(with_shape(targets or _default_targets(), shape)),
        data=str(data) if data else None,
        columns=parse_columns(column),
        seed=seed,
    )
    graders = _chosen(collect(command.targets), grader or [])
    check_renamed(command.columns, graders)
    reports = _check(graders, command, workers, quiet=as_json)
    try:
        if as_json:
            print_json(to_json(reports))
        else:
            for line in report_lines(reports, verbose=verbose):
                out().print(line, soft_wrap=True)
    finally:  # after the report, which a folder that cannot be written must not cost; and also when its reader has gone
        findings.store(command, reports)
        _write_lock(graders, reports)
    if any(report.verdict == "fail" for report in reports):
        raise typer.Exit(Exit.FINDINGS)


def _default_targets() -> list[str]:
    if not Path("graders").is_dir():
        raise GraderError(
            "no target was given, and there is no folder 'graders' here; name a folder or file: rewardkit test my_graders.py, "
            "or start a project that has one: rewardkit init claims"
        )
    return ["graders"]


def _check(
    graders: list[Grader], command: Command, workers: int | None, *, quiet: bool
) -> list[GraderReport]:
    from ..checking import check_grader, known_rows, roles, with_parts
    from ..scoring import Scorer

    data = _data(command)
    rows = [known_rows(grader, data) for grader in graders]  # columns are checked before anything runs
    reports = []
    with Scorer(workers=workers) as scorer, progress_bar(quiet=quiet) as progress:
        for grader, known, role in zip(graders, rows, roles(graders), strict=True):
            task = progress.add_task(grader.name, total=None, note="")

            def advance(done: int, of: int, task: object = task) -> None:
                progress.update(task, completed=done, total=of)  # type: ignore[arg-type]  # rich's TaskID is an int

            reports.append(
                check_grader(scorer, grader, known, seed=command.seed, role=role, on_progress=advance)
            )
    return with_parts(graders, reports)


def _replay(replay: str, workers: int | None, *, as_json: bool) -> None:
    """Run one stored finding again and show it whole; ends with 1 while it still breaks its expectation."""
    from ..checking import known_rows, roles
    from ..checking import replay as findings
    from ..checking.report import replay_json, replay_lines
    from ..checking.trials import Material
    from ..scoring import Scorer

    command, name, check = findings.find(replay)
    graders = collect(command.targets)
    (grader,) = _chosen(graders, [name])
    role = roles(graders)[graders.index(grader)]
    material = Material(grader, known_rows(grader, _data(command)), command.seed, role)
    with Scorer(workers=workers or 1) as scorer:
        replayed = findings.run_again(scorer, material, check, replay)
    if as_json:
        print_json(replay_json(replayed))
    else:
        for line in replay_lines(replayed):
            out().print(line, soft_wrap=True)
    if replayed.still_broken:
        raise typer.Exit(Exit.FINDINGS)


def _write_lock(graders: list[Grader], reports: list[GraderReport]) -> None:
    import datetime

    from ..checking import lock

    proved = [grader for grader, report in zip(graders, reports, strict=True) if report.proved]
    others = [grader for grader, report in zip(graders, reports, strict=True) if not report.proved]
    lock.update(proved, others, today=datetime.date.today())


def _data(command: Command) -> list[DataRow]:
    from ..checking import read_data

    if command.data is None:
        if command.columns:
            err().print("[yellow]--column has no effect without --data[/]")
        return []
    rows = read_data(Path(command.data), command.columns)
    if any("completion" in sample.columns for sample, _, _ in rows):
        err().print("column 'completion' is not used here; `rewardkit grade` scores it", markup=False)
    return rows


def _chosen(graders: list[Grader], names: list[str]) -> list[Grader]:
    known = [grader.name for grader in graders]
    for name in names:
        if name not in known:
            raise GraderError(f"no grader '{name}'; found: {', '.join(known)}.{did_you_mean(name, known)}")
    return [grader for grader in graders if not names or grader.name in names]
