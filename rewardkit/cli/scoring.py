"""What `grade` and `eval` share: their options, the progress bar, and the table of what each grader says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import ConfigError, GuardStop
from .common import out, progress_bar

if TYPE_CHECKING:
    from ..evaluating.answers import OnProgress
    from ..evaluating.standings import Standing
    from ..runs import RunFolder, StageRow

Graders = Annotated[
    list[str],
    typer.Option(
        "--grader",
        "-g",
        help="A file, file.py:name, package.module:name or installed grader; give it again for more.",
        show_default=False,
    ),
]
Shape = Annotated[
    Literal["trl", "verl"] | None,
    typer.Option(
        "--shape",
        help="The graders are plain functions written for TRL or verl. Default: read off their parameters.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Rename a column of the data, OURS=THEIRS: --column reference=answer.",
        metavar="OURS=THEIRS",
    ),
]
RunName = Annotated[
    str | None,
    typer.Option(
        "--run",
        "--name",
        help="Name of the run folder. Default: made of the inputs, so that the same command resumes.",
    ),
]
RunsDir = Annotated[Path, typer.Option("--runs-dir", help="Where run folders are.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Processes that run graders. Default: one per core, at most 16."),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=1,
        help="Use N rows only, drawn at random by --seed: the same ones for the same data and seed.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Seeds graders that ask for a seed, and sampling.")]
RetryUnscored = Annotated[
    bool, typer.Option("--retry-unscored", help="Score those again that an earlier run could not score.")
]
NoTexts = Annotated[
    bool,
    typer.Option(
        "--no-texts", help="Keep prompts, references and completions out of report.html and samples.jsonl."
    ),
]


def parse_columns(pairs: Sequence[str] | None) -> dict[str, str]:
    """`["reference=answer"]` -> `{"reference": "answer"}`."""
    columns = {}
    for pair in pairs or ():
        ours, separator, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and separator and theirs):
            raise ConfigError(f"--column {pair}: write it as OURS=THEIRS, for example reference=answer")
        columns[ours] = theirs
    return columns


@contextmanager
def progress(description: str, *, quiet: bool) -> Iterator[OnProgress]:
    """A bar on standard error with count, rate and remaining time; Ctrl-C becomes a GuardStop that says how to go on."""
    with progress_bar(quiet=quiet) as bar:
        task = bar.add_task(description, total=None, note="")

        def report(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total, note=f"{speed:,.1f} a second" if speed else "")

        try:
            yield report
        except KeyboardInterrupt:
            raise GuardStop(
                "interrupted; what is done is kept, and the same command goes on from there"
            ) from None


def print_standings(standings: Sequence[Standing]) -> None:
    """The table of figures, then per grader its components and what was not scored."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for name in ("grader", "prompts", "mean score (95 %)", "solved (95 %)", "unscored"):
        table.add_column(name, justify="right" if name in ("prompts", "unscored") else "left", no_wrap=True)
    for standing in standings:
        times = f" x {standing.score.k}" if standing.score.k > 1 else ""
        table.add_row(
            f"[bold]{standing.grader}[/]",
            f"{standing.score.prompts:,}{times}",
            _with_bounds(standing.score),
            _with_bounds(standing.solved),
            f"{sum(standing.unscored.values()):,}",
        )
    out().print(table)
    for standing in standings:
        for line in _details(standing):
            out().print(line, markup=False, soft_wrap=True)
    if any(standing.score.low is None and standing.score.prompts for standing in standings):
        out().print("[dim]Without interval: fewer than 10 prompts.[/]")


def save(folder: RunFolder, standings: Sequence[Standing], *, verb: str, seconds: float, texts: bool) -> Path:
    """Write summary.json and the report; returns the path of the report."""
    from ..runs import Summary
    from ..runs.report import write_report

    folder.add_seconds(verb, seconds)
    rows = tuple(row for standing in standings for row in (standing.solved, standing.score))
    folder.write_summary(Summary(stages=rows, seconds=folder.seconds()))
    return write_report(folder.path, texts=texts)


def _with_bounds(row: StageRow) -> str:
    from ..runs.wording import bounds, figure

    return figure(row) if row.low is None else f"{figure(row)} ({bounds(row)})"


def _details(standing: Standing) -> Iterator[str]:
    from ..runs.wording import listed, percent

    name = standing.grader
    if standing.pass_at_k:
        most = max(standing.all_k)
        chances = "  ".join(f"pass@{k} {percent(share)}" for k, share in standing.pass_at_k.items())
        yield f"{name}  {chances}   all {most} solved {percent(standing.all_k[most])}"
    if standing.components:
        parts = ", ".join(f"{part} {mean:.2f}" for part, mean in standing.components.items())
        yield f"{name}  components: {parts}"
    if standing.unscored:
        yield f"{name}  unscored: {listed(list(standing.unscored.items()))}{_range(standing.score)}"
    if standing.broken:
        yield f"{name}  stopped while running the completion, which keeps the level it had reached: {listed(list(standing.broken.items()))}"
    for cause, reason in standing.reasons.items():
        yield f"{name}  {cause}: {_shortened(reason)}"


def _shortened(text: str, most: int = 200) -> str:
    """The text on one line, cut where it is longer than `most` characters."""
    from ..runs.wording import visible

    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[:most]} ..."


def _range(row: StageRow) -> str:
    """What the unscored ones could make of the mean."""
    if row.worst is None or row.best is None:
        return ""
    return (
        f"; with the lowest or the highest score for them the mean would be {row.worst:.2f} to {row.best:.2f}"
    )
