"""`rewardkit view`: local pages on which runs are looked at and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .browser import open_page
from .common import Json, out, print_json


def view(
    runs_dir: Annotated[
        Path, typer.Argument(help="The folder that run folders are in, or one run.", metavar="RUNS_DIR")
    ] = Path("runs"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the pages are. Default: a free one.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the pages in the browser.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Look at runs in your browser: figures, curves of a training that goes on, every completion, what changed between two runs.

    The pages are served on this machine only, load nothing from elsewhere and write into no run. Only the printed address opens them.

    Needs the extra 'view'. Ctrl-C ends it. With --json the address comes as one JSON object before anything is served.

    Examples:

      rewardkit view

      rewardkit view runs/demo

      rewardkit view ~/experiments/runs --port 8765 --no-browser
    """
    from urllib.parse import quote

    from ..errors import ConfigError, MissingExtra

    try:
        from ..runs.viewing.serving import serve
    except ModuleNotFoundError as error:
        raise MissingExtra((error.name or "starlette").partition(".")[0], "view") from None

    if not runs_dir.is_dir():
        raise ConfigError(
            f"{runs_dir}: there is no such folder; name the one that run folders are in, or a run"
        )
    one = (runs_dir / "run.json").is_file()
    root = runs_dir.resolve()
    start = f"run/{quote(root.name, safe='')}" if one else ""

    def on_ready(address: str) -> None:
        if as_json:
            print_json({"address": address, "runs_dir": str(root.parent if one else root)})
        else:
            out().print(f"{runs_dir}: {address}", soft_wrap=True, markup=False)
            out().print("Ctrl-C ends.", soft_wrap=True, markup=False)
        if browser:
            open_page(address)

    serve(root.parent if one else root, start=start, port=port, on_ready=on_ready)
