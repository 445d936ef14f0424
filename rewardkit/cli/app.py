"""The application: its verbs, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys

import typer

from ..errors import GuardStop, RewardkitError
from .common import Exit, err

app = typer.Typer(
    name="rewardkit",
    help="pytest for reward functions, and the road from a tested grader to a trained model.",
    epilog="First steps: rewardkit init claims && cd claims && rewardkit test",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        from .. import __version__

        typer.echo(f"rewardkit {__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Run the command line (`arguments` default to those of the process); a verb that ends with another code than 0 raises `typer.Exit(code)`."""
    from . import verbs

    verbs.register(app)
    try:
        app(args=arguments)
    except RewardkitError as error:
        stopped = isinstance(error, GuardStop)
        err().print("[bold red]stopped:[/]" if stopped else "[bold red]error:[/]", end=" ")
        err().print(str(error), markup=False, soft_wrap=True)
        sys.exit(Exit.GUARD if stopped else Exit.USAGE)
    except BrokenPipeError:  # the reader of our output has gone, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.FINE)
