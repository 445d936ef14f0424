"""What every verb shares: where text goes, how a failure becomes an exit code, `--json`."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Exit(IntEnum):
    """Exit codes of every verb."""

    FINE = 0
    FINDINGS = 1  # findings, failures, or a regression that was asked to fail
    USAGE = 2  # usage or configuration
    GUARD = 3  # stopped by a guard; the same command resumes


Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, and nothing else there.")
]


def out() -> Console:
    """Results for the reader: standard output."""
    return Console(highlight=False)


def err() -> Console:
    """Progress, hints and errors: standard error."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """The one object of `--json`."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")


def progress_bar(*, quiet: bool = False) -> Progress:
    """A bar with count, elapsed and remaining time on standard error; silent when quiet or not on a terminal."""
    console = err()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal)
