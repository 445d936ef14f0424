"""`rewardkit compare`: is the other run better than the base, on the prompts that both answered?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .common import Exit, Json, err, out, print_json

if TYPE_CHECKING:
    from ..evaluating.comparing import Against, Compared, Figures, Regression

_WIDEST = 160  # columns that the table may take
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
    as_json: Json = False,
) -> None:
    """Say whether a run is better than another on the prompts that both answered, and how sure that is.

    Prompts are paired by id, prompt and reference; several completions of a prompt are averaged first. The verdict is about one grader that was named before anything ran;
    all other figures are corrected for their number (Holm). Scores of two versions of a grader are never compared.

    Examples:

      rewardkit compare runs/before runs/after

      rewardkit compare runs/demo:base runs/demo:sft_alone runs/demo:rft

      rewardkit compare runs/base 'runs/rft-seed*:rft'

      rewardkit compare runs/main runs/pull-request --fail-on regression
    """
    from ..evaluating.comparing import compare

    compared = compare(*runs, grader=grader, metric=metric, decoding=decoding, cluster=cluster, margin=margin)
    if as_json:
        print_json(compared.as_json())
    else:
        _print(compared, show, margin)
    verdicts = [pair.primary.verdict for pair in compared.pairs]
    failed = "worse" in verdicts if fail_on == "regression" else any(v != "better" for v in verdicts)
    if fail_on and failed:
        err().print(f"--fail-on {fail_on}: {', '.join(dict.fromkeys(verdicts))}")
        raise typer.Exit(Exit.FINDINGS)


def _print(compared: Compared, show: int, margin: float | None) -> None:
    for place, pair in enumerate(compared.pairs):
        if place:
            out().print()
        for line in [*_head(compared, pair), ""]:
            out().print(line, markup=False, soft_wrap=True)
        _print_figures(pair)
        for line in _below(pair, margin):
            out().print(line, markup=False, soft_wrap=True)
        for regression in pair.regressions[:show]:
            _print_regression(regression)
        if pair.regressions[show:] and show:
            out().print(f"[dim]and {len(pair.regressions) - show} more; --regressions shows up to 20[/]")


def _head(compared: Compared, pair: Against) -> list[str]:
    left = [
        f"{count:,} {words}"
        for count, words in (
            (pair.only_base, "only in the base"),
            (pair.only_other, "only in the other"),
            (pair.changed, "with another prompt or reference"),
        )
        if count
    ]
    first = pair.primary
    together = f" in {first.clusters:,} clusters" if first.clusters is not None else ""
    without = f"; left out: {', '.join(left)}" if left else ""
    return [
        f"base   {compared.base.label}",
        f"other  {pair.other.label}",
        f"       {first.prompts:,} prompts{together} that both have, {compared.decoding} answers{without}",
    ]


def _print_figures(pair: Against) -> None:
    from rich.table import Table

    from ..runs.wording import probability

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for name in ("grader", "", "verdict", "difference (95 %)", "base", "other", "won/tied/lost", "p"):
        table.add_column(name, no_wrap=True)
    for each in pair.figures:
        style = "bold" if each.primary else ""
        p = probability(each.adjusted)
        table.add_row(
            f"[{style or 'default'}]{each.grader}[/]",
            each.metric,
            f"[{style or 'default'}]{each.verdict}[/]",
            _difference(each),
            _level(each, each.base),
            _level(each, each.other),
            f"{each.won:,}/{each.tied:,}/{each.lost:,}",
            f"{p} Holm" if each.adjusted != each.comparison.p or not each.primary else p,
        )
    # A terminal may fold a line; a figure that is cut off would be worse.
    console = out()
    console.width = max(console.width, _WIDEST)
    console.print(table, crop=False)


def _below(pair: Against, margin: float | None) -> list[str]:
    from ..runs.wording import probability

    first, lines = pair.primary, [""]
    if first.comparison.detectable is not None:
        size = _size(first, first.comparison.detectable).lstrip("+")
        lines.append(f"With these prompts a true difference of {size} would be found 4 times in 5.")
    if first.mcnemar is not None:
        exact = first.mcnemar
        lines.append(
            f"Solved by one alone: {exact.only_a:,} by the base, {exact.only_b:,} by the other (exact McNemar p {probability(exact.p)})."
        )
    if first.comparison.saved is not None and first.comparison.correlation is not None:
        saved = first.comparison.saved
        gain = f"took away {saved:.0%} of the variance" if saved >= 0.005 else "saved no variance"
        lines.append(f"Pairing {gain} (correlation {first.comparison.correlation:.2f}).")
    if first.seeds is not None:
        means = ", ".join(_size(first, mean) for mean in first.seeds.means)
        lines.append(f"By training seed: {means}.")
    if margin is not None and first.equivalence is not None:
        word = (
            "as good as each other" if first.equivalence < 0.05 else "not shown to be as good as each other"
        )
        lines.append(
            f"To within {margin:g}: {word} (two one-sided tests, p {probability(first.equivalence)})."
        )
    before, after = pair.characters
    lines.append(
        f"Length {before:,.0f} to {after:,.0f} characters on average; unscored {pair.unscored[0]:,} to {pair.unscored[1]:,}."
    )
    return [*lines, *pair.notes]


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


def _level(each: Figures, mean: float) -> str:
    from ..runs.wording import percent

    return percent(mean) if each.metric == "solved" else f"{mean:.3f}"


def _difference(each: Figures) -> str:
    low, high = each.bounds
    size = _size(each, each.comparison.difference)
    if low is None or high is None:
        return size
    return f"{size} ({_size(each, low, unit='')} to {_size(each, high, unit='')})"


def _size(each: Figures, difference: float, *, unit: str = " points") -> str:
    return f"{100 * difference:+.1f}{unit}" if each.metric == "solved" else f"{difference:+.3f}"
