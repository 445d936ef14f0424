"""What a training prints at its end: tables of what its stages reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from .common import out, print_json, print_table

if TYPE_CHECKING:
    from rewardkit.trainer.sweeping import Sweep

    from ..runs import Summary


def print_sweep(found: Sweep, *, as_json: bool) -> None:
    """The table over seeds."""
    from rich.table import Table

    from rewardkit.trainer.sweeping import COLUMNS

    if as_json:
        print_json({"folder": str(found.folder), **found.as_json()})
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in COLUMNS:
        table.add_column(column, no_wrap=True)
    for row in found.rows:
        table.add_row(*row.cells)
    print_table(table)
    for line in (
        f"Share of the held-out prompts solved, by {found.grader}: the mean over seeds, the lowest and the highest of them.",
        found.note,
        *found.verdicts,
        f"page     {found.folder / 'comparison.html'}",
    ):
        out().print(line, markup=False, soft_wrap=True)


def print_stages(summary: Summary) -> None:
    """Per stage the share solved with its interval; where there are too few prompts for one, each of them."""
    from rich.table import Table

    from ..runs.wording import bounds, figure, stage_label

    rows = [row for row in summary.stages if row.metric == "solved" and row.slice is None]
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("stage", "grader", "decoding", "solved (95 %)", "prompts", "unscored"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        prompts = f"{row.prompts:,}" + (f" x {row.k}" if row.k > 1 else "")
        shown = f"{figure(row)} ({bounds(row)})" if row.low is not None else figure(row)
        table.add_row(stage_label(row.name), row.grader, row.decoding, shown, prompts, f"{row.unscored:,}")
    out().print(table)
    _print_items(summary)


def print_changes(summary: Summary) -> None:
    """By how much the trained model differs from the stages before it."""
    from ..runs.wording import versus

    for comparison in summary.comparisons:
        if comparison.metric == "solved" and comparison.b in ("rft", "raft"):
            place = f"{comparison.grader}, {comparison.decoding}"
            out().print(f"{place}: {versus(comparison)}", markup=False, soft_wrap=True)


def _print_items(summary: Summary) -> None:
    """The mean score of each prompt at each stage."""
    from rich.table import Table

    from ..runs.wording import stage_label, visible

    stages = list(dict.fromkeys(row.name for row in summary.items))
    for grader, decoding in dict.fromkeys((row.grader, row.decoding) for row in summary.items):
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for column in (f"{grader}, {decoding}: mean score", *map(stage_label, stages)):
            table.add_column(column, no_wrap=True)
        rows = [row for row in summary.items if (row.grader, row.decoding) == (grader, decoding)]
        scores = {(row.sample, row.name): row.score for row in rows}
        for sample in dict.fromkeys(row.sample for row in rows):
            found = [scores.get((sample, stage)) for stage in stages]
            shown = ["\N{EN DASH}" if score is None else f"{score:.2f}" for score in found]
            table.add_row(escape(visible(sample)), *shown)
        out().print(table)
