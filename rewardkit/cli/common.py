"""What every verb shares: where text goes, how a failure becomes an exit code, `--json`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from contextvars import ContextVar
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from rich.table import Table

_WIDEST = 160  # columns that a table may take


class Exit(IntEnum):
    """Exit codes of every verb."""

    FINE = 0
    FINDINGS = 1  # findings, failures, or a regression that was asked to fail
    USAGE = 2  # usage or configuration
    GUARD = 3  # stopped by a guard; the same command resumes


Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, and nothing else there.")
]


class _Output(Console):
    """Standard output whose reader may have gone, as in `| head`: that is no failure."""

    def on_broken_pipe(self) -> None:
        _end_quietly()


def out() -> Console:
    """Results for the reader: standard output."""
    return _Output(highlight=False, emoji=False)  # `run:a:` is no picture


def err() -> Console:
    """Progress, hints and errors: standard error."""
    return Console(stderr=True, highlight=False, emoji=False)


def print_table(table: Table) -> None:
    """Print a table whole: a terminal may fold a line, but a name or a figure that is cut off would be worse."""
    console = out()
    console.width = max(console.width, _WIDEST)
    console.print(table, crop=False)


_results: ContextVar[TextIO | None] = ContextVar("results", default=None)


@contextmanager
def json_only() -> Iterator[None]:
    """Keep standard output for `print_json`: what a grader prints in this process goes to standard error."""
    token = _results.set(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _results.reset(token)


def print_json(value: Any) -> None:
    """The one object of `--json`."""
    stream = _results.get() or sys.stdout
    try:
        stream.write(json.dumps(value, indent=2, allow_nan=False) + "\n")
        stream.flush()
    except BrokenPipeError:
        _end_quietly()


def _end_quietly() -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise SystemExit(Exit.FINE)


@contextmanager
def reading(file: object, *, quiet: bool) -> Iterator[None]:
    """Says on a terminal that a file is being read; nothing is left of it."""
    console = err()
    with nullcontext() if quiet or not console.is_terminal else console.status(escape(f"reading {file}")):
        yield


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
