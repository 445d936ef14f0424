"""`rewardkit compare`: is the other run better than the base, on the prompts that both answered?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .common import Exit, Json, err, out, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evaluating.comparing import Compared, Figures, Regression

_WIDTH = 300  # characters of a text of a regression that are shown


def compare_runs(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="BASE and OTHER, or more others: run folders, RUN:STAGE, or a quoted pattern that matches the runs of several training seeds.",
            show_default=False,
        ),
    ],
    grader: Annotated[
        str | None,
        typer.Option(
            "--grader",
            "-g",
            help="The grader that the verdict is about. Default: the one the run of BASE is about.",
        ),
    ] = None,
    metric: Annotated[
        Literal["solved", "score"],
        typer.Option(
            "--metric",
            help="What the verdict is about: the share at or above the pass mark, or the mean score.",
        ),
    ] = "solved",
    decoding: Annotated[
        Literal["greedy", "sampled", "given"] | None,
        typer.Option("--decoding", help="Default: greedy where all sides have it."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            help="The column of the samples whose prompts belong together. Default: the one that the runs were given.",
            metavar="COLUMN",
        ),
    ] = None,
    slice_: Annotated[
        list[str] | None,
        typer.Option(
            "--slice",
            help="Also compare the parts of the data that have one value of this column; give it again for more. Default: as the runs were given.",
            metavar="COLUMN",
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin",
            help="Also test whether the two are as good as each other to within this much (0.02 is two points). Name it before you look.",
        ),
    ] = None,
    show: Annotated[
        int, typer.Option("--regressions", min=0, max=20, help="How many of the worst regressions are shown.")
    ] = 3,
    fail_on: Annotated[
        Literal["regression", "not-better"] | None,
        typer.Option(
            "--fail-on",
            help="End with code 1 when a verdict is 'worse' (regression), or when one is not 'better' (not-better): for CI.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", help="Also write the comparison as one page that needs no network.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a run is better than another on the prompts that both answered, and how sure that is.

    Prompts are paired by id, prompt and reference; several completions of a prompt are averaged first. The verdict is about one grader that was named before anything ran;
    all other figures are corrected for their number (Holm). Scores of two versions of a grader are never compared.

    Examples:

      rewardkit compare runs/before runs/after

      rewardkit compare runs/demo:base runs/demo:sft_alone runs/demo:rft

      rewardkit compare runs/base 'runs/rft-seed*:rft'

      rewardkit compare runs/main runs/pull-request --fail-on regression --html difference.html
    """
    from ..errors import ConfigError
    from ..evaluating.comparing import compare
    from ..evaluating.comparing.wording import verdict

    if html is not None and (html.is_dir() or not html.resolve().parent.is_dir()):
        raise ConfigError(f"--html {html}: name a file in a folder that exists")
    compared = compare(
        *runs,
        grader=grader,
        metric=metric,
        decoding=decoding,
        cluster=cluster,
        slices=slice_ or (),
        margin=margin,
    )
    if html is not None:
        from ..evaluating.comparing.page import write_comparison

        write_comparison(compared, html, margin=margin)
    if as_json:
        print_json({**compared.as_json(), "html": None if html is None else str(html)})
    else:
        _print(compared, show, margin)
        if html is not None:
            out().print(f"page     {html}", markup=False, soft_wrap=True)
    verdicts = [verdict(pair.primary) for pair in compared.pairs]
    failed = "worse" in verdicts if fail_on == "regression" else any(v != "better" for v in verdicts)
    if fail_on and failed:
        err().print(f"--fail-on {fail_on}: {', '.join(dict.fromkeys(verdicts))}")
        raise typer.Exit(Exit.FINDINGS)


def _print(compared: Compared, show: int, margin: float | None) -> None:
    from ..evaluating.comparing.wording import beside, paired

    for place, pair in enumerate(compared.pairs):
        if place:
            out().print()
        head = [
            f"base   {compared.base.label}",
            f"other  {pair.other.label}",
            f"       {paired(compared, pair)}",
            "",
        ]
        for line in head:
            out().print(line, markup=False, soft_wrap=True)
        _print_figures(pair.figures)
        if pair.slices:
            out().print()
            _print_figures([each for _, each in pair.slices], [part for part, _ in pair.slices])
        for line in ["", *beside(pair, margin)]:
            out().print(line, markup=False, soft_wrap=True)
        for regression in pair.regressions[:show]:
            _print_regression(regression)
        if pair.regressions[show:] and show:
            out().print(f"[dim]and {len(pair.regressions) - show} more; --regressions shows up to 20[/]")


def _print_figures(found: Sequence[Figures], parts: Sequence[str] = ()) -> None:
    """A line for each of the figures, named by the grader or by the part of the data that it is about."""
    from rich.markup import escape
    from rich.table import Table

    from ..evaluating.comparing.wording import difference, level, p_value, verdict
    from ..runs.wording import visible

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    first = "part" if parts else "grader"
    for name in (first, "", "verdict", "difference (95 %)", "base", "other", "won/tied/lost", "p"):
        table.add_column(name, no_wrap=True)
    for place, each in enumerate(found):
        style = "bold" if each.primary else "default"
        table.add_row(
            f"[{style}]{escape(' '.join(visible(parts[place] if parts else each.grader).split()))}[/]",
            each.metric,
            f"[{style}]{verdict(each)}[/]",
            difference(each),
            level(each, each.base),
            level(each, each.other),
            f"{each.won:,}/{each.tied:,}/{each.lost:,}",
            p_value(each),
        )
    print_table(table)


def _print_regression(regression: Regression) -> None:
    from ..runs.wording import as_text

    out().print()
    out().print(
        f"regression  {regression.sample}  {regression.base:.2f} to {regression.other:.2f}",
        markup=False,
        style="bold",
    )
    texts = [("base", regression.before.completion), ("other", regression.after.completion)]
    if regression.reference is not None:
        texts.insert(0, ("reference", as_text(regression.reference)))
    if regression.prompt is not None:
        texts.insert(0, ("prompt", regression.prompt))
    if regression.after.reason:
        texts.append(("reason", regression.after.reason))
    for name, text in texts:
        out().print(f"  {name:<10}{_short(text)}", markup=False, soft_wrap=True)


def _short(text: str) -> str:
    from ..runs.wording import visible

    line = " ".join(visible(text).split())
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]} ..."
