"""`rewardkit data`: looking at data files before anything is trained or measured with them."""

from __future__ import annotations

import typer

from .data_overlap import data_overlap

data = typer.Typer(
    name="data",
    help="Look at data files before anything is trained or measured with them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
data.command("overlap")(data_overlap)
