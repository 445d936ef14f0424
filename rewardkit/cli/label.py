"""`rewardkit label`: a local page on which domain experts label completions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .browser import open_page
from .common import Json, err, out, print_json, reading
from .scoring import Columns, parse_columns

if TYPE_CHECKING:
    from ..judging.label_file import LabelFile


def label(
    data: Annotated[
        Path,
        typer.Argument(
            help="A .jsonl, .json, .csv or .parquet file with the columns 'prompt' and 'completion', or the folder of a run.",
            show_default=False,
        ),
    ],
    rubric: Annotated[
        Path,
        typer.Option(
            "--rubric", "-r", help="The TOML file with the task and the criteria.", show_default=False
        ),
    ],
    file: Annotated[
        Path,
        typer.Option(
            "--out", help="Where labels are kept, a line each; they are added to those that it has."
        ),
    ] = Path("labels.jsonl"),
    rater: Annotated[
        str | None, typer.Option("--rater", help="Who labels. Default: the page asks, once a browser.")
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Show two completions of a prompt side by side: which one is better?"),
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Label N only, drawn at random by --seed.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Draws --limit, and the sides of --compare.")] = 0,
    column: Columns = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the page is. Default: a free one.")
    ] = 0,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Label completions by a rubric, on a page in your browser.

    The page is served on this machine only and loads nothing from elsewhere. Every answer is a line of --out at once: close the page or
    end the command whenever you like, and the same command goes on where you were. Several people may label into one file.

    Needs the extra 'label'. Ctrl-C ends it.

    Examples:

      rewardkit label answers.jsonl --rubric support.toml

      rewardkit label runs/demo --rubric support.toml --rater anna --limit 60

      rewardkit label answers.csv -r support.toml --compare --column completion=output --out preferences.jsonl
    """
    from ..errors import ConfigError, MissingExtra
    from ..judging.label_file import LabelFile
    from ..judging.labelling.desk import Desk
    from ..judging.labelling.items import read_items
    from ..judging.labelling.raters import rater_name
    from ..judging.labelling.rubric import rubric_of

    try:
        from ..judging.labelling.serving import serve
    except ModuleNotFoundError as error:
        raise MissingExtra((error.name or "starlette").partition(".")[0], "label") from None

    name = rater_name(rater or "")
    if rater is not None and not name:
        raise ConfigError(f"--rater {rater!r:.80}: a name has 1 to 60 letters")
    _check_out(file, data, rubric)
    what = rubric_of(rubric)
    with reading(data, quiet=False):
        items = read_items(data, compare=compare, columns=parse_columns(column), limit=limit, seed=seed)
    for item in items:
        what.columns_of(item.sample)
    labels = LabelFile(file)

    def on_ready(address: str) -> None:
        console = err() if as_json else out()
        thing = "pair" if compare else "completion"
        number = f"{len(items):,} {thing}{'s' if len(items) != 1 else ''}"
        console.print(f"{number} to label: {address}", soft_wrap=True, markup=False)
        console.print(
            f"Every answer is kept at once in {_told(labels)}. Ctrl-C ends.", soft_wrap=True, markup=False
        )
        if open_browser:
            open_page(address)

    desk = Desk(data.name, what, items, labels, compare, seed, name, rubric)
    serve(desk, port=port, on_ready=on_ready)
    labels.refresh()
    if as_json:
        print_json({"labels": str(file), "items": len(items), "raters": _counts(labels)})
        return
    out().print(f"\nlabels   {_told(labels)}", soft_wrap=True, markup=False)


def _check_out(file: Path, *inputs: Path) -> None:
    from ..errors import ConfigError

    for given in inputs:
        if file.resolve() == given.resolve():
            raise ConfigError(f"--out {file}: that is a file to read from; name another one")
    if not file.parent.is_dir() or file.is_dir():
        raise ConfigError(f"--out {file}: name a file in a folder that exists")


def _told(labels: LabelFile) -> str:
    """`labels.jsonl (37 labels by anna, ben)`."""
    from ..paths import display_path

    counts = _counts(labels)
    number = sum(counts.values())
    by = f" by {', '.join(counts)}" if counts else ""
    return f"{display_path(labels.path)} ({number:,} label{'s' if number != 1 else ''}{by})"


def _counts(labels: LabelFile) -> dict[str, int]:
    """How many labels each rater has in the file, of whatever data."""
    return {rater: count for rater, count in labels.counts.items() if count}
