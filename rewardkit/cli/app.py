"""The application: its verbs, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import typer

from ..errors import GuardStop, RewardkitError
from .common import Exit, err, json_only

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

    if not app.registered_commands:  # called again in one process, it would grow by all verbs each time
        verbs.register(app)
    words = sys.argv[1:] if arguments is None else arguments
    try:
        with json_only() if "--json" in words else nullcontext():
            app(args=words)
    except RewardkitError as error:
        stopped = isinstance(error, GuardStop)
        _say("stopped" if stopped else "error", str(error))
        sys.exit(Exit.GUARD if stopped else Exit.USAGE)
    except OSError as error:
        _say("error", f"{error.filename or 'a file'}: {error.strerror or error}")
        sys.exit(Exit.USAGE)


def _say(kind: str, text: str) -> None:
    err().print(f"[bold red]{kind}:[/]", end=" ")
    err().print(text, markup=False, soft_wrap=True)
