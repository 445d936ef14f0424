"""`rewardkit data`: what is done with data files before anything is graded or trained."""

from __future__ import annotations

import typer

from .data_check import check

app = typer.Typer(
    help="Look at data files before anything is graded or trained.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check")(check)
