"""A watch over a grader that runs in the caller's own process (`inline`), armed once for a batch.

A tick that repeats looks whether the call it saw last time is still the one at work. When that is so for longer than its time-out, the
tick raises `Stopped` in it. That ends a Python loop, a sleep and a regular expression. Code that swallows it is stopped
again at its next step, which lies outside of that `try`.

It cannot end code in C that keeps control: then no tick runs. For that case faulthandler's own thread, put off by every tick that finds
nothing late, prints the line that is at work and **ends the process**: a run that hangs without a word would be worse.

Python lets signals reach the main thread only. In another thread, or where SIGALRM is in use already (by a watch around this one, by
pytest-timeout, by the caller), nothing is watched. Nor is a call stopped while a debugger waits in it.

Python has one `faulthandler.dump_traceback_later` and no way to ask whether it is in use. Whoever else uses it (pytest's option
`faulthandler_timeout`) loses it to the first batch that is watched.
"""

from __future__ import annotations

import _thread
import faulthandler
import operator
import signal
import sys
import threading
import time
import traceback
from collections.abc import Generator
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from ..calling import Stopped

_TICK_SECONDS = 0.5
_SHORTEST_TICK_SECONDS = 0.01
_LONGEST_END_SECONDS = 1e6  # an endless time-out is allowed; faulthandler takes no endless time
_MOST_FRAMES = 20
_PACKAGE = Path(__file__).resolve().parents[1]
IDLE = -1
"""`at` while no call is at work."""


class Watch:
    """`with Watch(timeout) as watch:`, and `watch.at = index` before each call, `watch.at = IDLE` after it.

    `armed` tells whether anything is watched, and `where` the stack of the call that was stopped last. `Stopped` is never raised in the
    function of the `with` itself.
    """

    def __init__(self, timeout: float) -> None:
        self.at = IDLE
        self.armed = False
        self.where = ""
        self._timeout = timeout
        self._tick_seconds = max(_SHORTEST_TICK_SECONDS, min(_TICK_SECONDS, timeout / 2))
        self._seen = IDLE
        self._since = 0.0
        self._stopped = IDLE
        self._handler: Any = None
        self._owner: FrameType | None = None

    @property
    def end_seconds(self) -> float:
        """How long after the last tick that found nothing late the process is ended."""
        return min(3 * self._timeout + 5, _LONGEST_END_SECONDS)

    def __enter__(self) -> Watch:
        if not _free():
            return self
        self.armed = True
        self._owner = sys._getframe(1)
        self._handler = signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_REAL, self._tick_seconds, self._tick_seconds)
        self._put_off_the_end()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.at = IDLE
        if self.armed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            faulthandler.cancel_dump_traceback_later()
            self._owner = None

    def _tick(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.at != self._seen:
            self._seen, self._since, self._stopped = self.at, now, IDLE
        if self.at == IDLE or now - self._since < self._timeout or _is_debugged(frame):
            self._put_off_the_end()
        elif frame is not self._owner:
            self._stop(frame)

    def _stop(self, frame: FrameType | None) -> None:
        if self._stopped != self.at:
            self._stopped, self.where = self.at, self._stack(frame)
            raise Stopped
        # It was swallowed, and cleaning up has had the time of one tick: from now on there is a tick at its every step. Python looks for
        # signals after each call that returns, so the alarm has to be set off in the very call that raises.
        alarm = partial(_thread.interrupt_main, signal.SIGALRM)
        any(map(operator.call, (alarm, partial(_nothing().throw, Stopped))))

    def _stack(self, frame: FrameType | None) -> str:
        """Where the call is, without the lines of this package above it."""
        frames = []
        while frame is not None and frame is not self._owner:
            frames.append((frame, frame.f_lineno))
            frame = frame.f_back
        stack = traceback.StackSummary.extract(reversed(frames))
        theirs = [line for line in stack if Path(line.filename).parent != _PACKAGE]
        return "".join(traceback.format_list(theirs[-_MOST_FRAMES:])).strip()

    def _put_off_the_end(self) -> None:
        try:
            faulthandler.dump_traceback_later(self.end_seconds, exit=True)
        except (
            RuntimeError,
            AttributeError,
            ValueError,
        ):  # standard error is closed, or no file (a notebook)
            faulthandler.dump_traceback_later(self.end_seconds, exit=True, file=2)


def _nothing() -> Generator[None, None, None]:
    yield


def _free() -> bool:
    """Whether the alarm signal can be had: here is the main thread, and nobody else uses it."""
    return (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, signal.SIG_IGN)
        and signal.getitimer(signal.ITIMER_REAL)[0] == 0
    )


def _is_debugged(frame: FrameType | None) -> bool:
    """Whether a debugger of the standard library's kind waits for its user at this moment."""
    bdb = sys.modules.get("bdb")
    while bdb is not None and frame is not None:
        if frame.f_code.co_filename == bdb.__file__:
            return True
        frame = frame.f_back
    return False
