"""The figures of a run in the terminal: a table with a line for each grader, then what it could not score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .common import out

if TYPE_CHECKING:
    from ..evaluating.faults import Failure
    from ..evaluating.standings import Standing
    from ..runs import StageRow


def print_standings(standings: Sequence[Standing], folder: Path) -> None:
    """The table of figures, then per grader its components, what was not scored, and where the files of the run tell more of it."""
    from rich.table import Table

    from ..runs.wording import percent

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
        for line in _details(standing, folder):
            out().print(line, markup=False, soft_wrap=True)
    unique = next((standing.score.unique for standing in standings), None)
    if unique is not None:
        out().print(f"unique   {percent(unique)} of a prompt's completions, on average", markup=False)
    if any(standing.score.low is None and standing.score.prompts for standing in standings):
        out().print("[dim]Without interval: fewer than 10 prompts.[/]")


def print_reused(reused: int, standings: Sequence[Standing], *, earlier: bool) -> None:
    """How much grading was saved; nothing where nothing was. `earlier` says whether scores of earlier runs may be among it."""
    if reused:
        total = sum(standing.completions for standing in standings)
        text = f"reused   {reused:,} of {total:,} not graded again: identical to others"
        out().print(f"{text}, here or in an earlier run" if earlier else text, markup=False, soft_wrap=True)


def _with_bounds(row: StageRow) -> str:
    from ..runs.wording import bounds, figure

    return figure(row) if row.low is None else f"{figure(row)} ({bounds(row)})"


def _details(standing: Standing, folder: Path) -> Iterator[str]:
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
    for cause, failure in standing.failures.items():
        count = standing.unscored.get(cause, 0) + standing.broken.get(cause, 0)
        alike = f" ({failure.alike:,} of {count:,})" if failure.alike < count else ""
        yield f"{name}  {cause}: {_shortened(failure.reason, 500) or 'without a reason'}{alike}"
        yield f"    first at {_place(failure)}; {_all_of_them(failure, count, folder)}"
        if failure.output:
            yield "    its output ends:"
            yield from (f"      {line}" for line in _last_lines(failure.output))


def _place(failure: Failure) -> str:
    """`ans.jsonl:41 (q40)`, or what is known of it."""
    repeat = f", repeat {failure.repeat}" if failure.repeat else ""
    name = f"{_shortened(failure.sample, 60)}{repeat}"
    return f"{failure.where} ({name})" if failure.where else name


def _all_of_them(failure: Failure, count: int, folder: Path) -> str:
    """Which file has all of that cause: faults.jsonl has only those on which something was printed."""
    return f"all in {folder / ('faults.jsonl' if failure.explained >= count else 'results.jsonl')}"


def _shortened(text: str, most: int = 200) -> str:
    """The text on one line, cut where it is longer than `most` characters."""
    from ..runs.wording import visible

    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[:most]} ..."


def _last_lines(output: str, most: int = 6) -> list[str]:
    """The last lines with anything in them, each cut to a length that a terminal shows; of a traceback they begin at a frame."""
    from ..runs.wording import visible

    lines = [line.rstrip() for line in visible(output).splitlines() if line.strip(" \t^~")]
    if lines and lines[0].startswith('File "'):
        lines[0] = f"  {lines[0]}"  # what was printed is kept without the blanks at its ends
    last = lines[-most:]
    if len(last) < len(lines):
        frame = next((n for n, line in enumerate(last) if line.lstrip().startswith('File "')), 0)
        last = last[frame:]
    return [line if len(line) <= 160 else f"{line[:160]} ..." for line in last]


def _range(row: StageRow) -> str:
    """What the unscored ones could make of the mean."""
    if row.worst is None or row.best is None:
        return ""
    return (
        f"; with the lowest or the highest score for them the mean would be {row.worst:.2f} to {row.best:.2f}"
    )
