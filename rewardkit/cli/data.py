"""`rewardkit data`: looking at data files before anything is graded, trained or measured with them."""

from __future__ import annotations

import typer

from .data_check import check
from .data_overlap import data_overlap

app = typer.Typer(
    help="Look at data files before anything is graded, trained or measured with them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check")(check)
app.command("overlap")(data_overlap)
