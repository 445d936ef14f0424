"""`rewardkit data check`: can this file be used?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import Exit, Json, out, print_json, progress_bar
from .scoring import Columns, Shape, parse_columns


def check(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A .jsonl, .json, .csv or .parquet file, the text files also packed (.jsonl.gz), or FOLDER:SPLIT of a data set.",
            show_default=False,
        ),
    ],
    grader: Annotated[
        list[str] | None,
        typer.Option("--grader", "-g", help="Check that its columns are there; give it again for more."),
    ] = None,
    shape: Shape = None,
    column: Columns = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Places that are named of each kind of problem.")
    ] = 10,
    export: Annotated[
        Path | None,
        typer.Option("--out", help="Write the rows that can be used here, in our shape, one JSON line each."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a data file can be used, before anything runs: every problem with its line, not only the first.

    Ends with 1 when something was found that grade, eval, train or test refuses or that makes their figures wrong, with 2 when there is no such file.

    Examples:

      rewardkit data check qa.csv

      rewardkit data check answers.jsonl --grader graders.py --column reference=answer

      rewardkit data check squad:train --out squad.jsonl
    """
    from ..collecting import collect
    from ..data_checking import check_data, report_lines
    from ..evaluating.grading import check_export
    from ..interop import with_shape
    from ..rows import about_rows

    if export is not None:
        check_export(export, data)
    graders = collect(with_shape(grader, shape)) if grader else []
    with progress_bar(quiet=as_json) as bar:
        task = bar.add_task(f"reading {data}", total=about_rows(data), note="")
        report = check_data(
            data,
            graders,
            columns=parse_columns(column),
            most=most,
            out=export,
            on_progress=lambda rows: bar.update(task, completed=rows),
        )
    if as_json:
        print_json(report.as_json())
    else:
        for line in report_lines(report):
            out().print(line, markup=False, soft_wrap=True)
        if export is not None:
            out().print(f"rows     {export}", markup=False, soft_wrap=True)
    if report.fails:
        raise typer.Exit(Exit.FINDINGS)
