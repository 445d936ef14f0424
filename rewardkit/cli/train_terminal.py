"""What a training says on a terminal while it runs, and which of several processes says it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.progress import Progress, TaskID

from ..errors import GuardStop, RewardkitError
from .common import Exit, progress_bar

_BARS = 12  # shown at a time


class TerminalReporter:
    """A run's reporter: lines and bars on standard error."""

    def __init__(self, bars: Progress, *, quiet: bool) -> None:
        self.lines: list[str] = []
        self._bars = bars
        self._quiet = quiet
        self._tasks: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self.lines.append(text)
        if not self._quiet:
            self._bars.console.print(text, markup=False, soft_wrap=True)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Move the bar of a stage."""
        if stage not in self._tasks:
            self._make_room()
            self._tasks[stage] = self._bars.add_task(stage, total=total, note="")
        self._bars.update(self._tasks[stage], completed=done, total=total, note=note)

    def _make_room(self) -> None:
        """Take a finished bar away where folds have more of them than a terminal has lines."""
        finished = next((stage for stage, task in self._tasks.items() if self._is_finished(task)), None)
        if finished is not None and len(self._tasks) >= _BARS:
            self._bars.remove_task(self._tasks.pop(finished))

    def _is_finished(self, task: TaskID) -> bool:
        return next(one.finished for one in self._bars.tasks if one.id == task)


@contextmanager
def terminal_reporter(*, quiet: bool) -> Iterator[TerminalReporter]:
    """A reporter whose bars go with the block."""
    with progress_bar(quiet=quiet) as bars:
        yield TerminalReporter(bars, quiet=quiet)


@contextmanager
def one_voice() -> Iterator[None]:
    """Of several processes rank 0 says what stopped them all; each ends by itself and with the same code.

    SIGTERM, by which a batch system takes its machine back, is the same as Ctrl-C.
    """
    from rewardkit.trainer.ranks import rank, said_by_first, world_size

    with _terminated_as_interrupted():
        try:
            yield
        except (RewardkitError, KeyboardInterrupt) as caught:
            interrupted = isinstance(caught, KeyboardInterrupt)  # by Ctrl-C, which reaches all of them
            error = _interrupted() if interrupted else caught
            if world_size() > 1 and (interrupted or said_by_first(error)):
                # A launcher sends it to the others as soon as one has ended.
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if rank() > 0:
                    raise typer.Exit(Exit.GUARD if isinstance(error, GuardStop) else Exit.USAGE) from None
            raise error from None


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is signal.default_int_handler:
            signal.signal(signal.SIGTERM, before)


def _interrupted() -> GuardStop:
    return GuardStop(
        "interrupted; what is done is kept, and the same command goes on from the last checkpoint"
    )
