"""The event loop on which async graders run inline, and how one that blocks it is found.

It has a thread of its own: in a notebook another loop is running on the main thread. Nothing can end a step that blocks it; the loop is
left to itself then, and the next batch gets a new one.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from ..errors import GraderError
from ..grader import Grader
from ..paths import display_path

_T = TypeVar("_T")

_GRACE_SECONDS = 1.0  # a busy machine may leave the loop's thread waiting


class Pulse:
    """Whether the calls of a batch, or at least the loop, make progress: steps are counted there, and a beat is asked for at each look.

    Who has no step under way while the loop is blocked waits longer: those whose step it is are then told first.
    """

    def __init__(self, loop: Loop, grader: Grader) -> None:
        self.blocked = False
        self._loop = loop
        self._grader = grader
        self._steps = 0
        self._beats = 0
        self._asked = 0
        self._seen = (0, 0)
        self._since = time.monotonic()

    def mark(self, index: int, runs: bool) -> None:
        """A step of a call begins or ends."""
        self._steps += 1
        self._loop.at = self._grader if runs else None

    def look(self) -> None:
        """From the caller's thread: note what has changed, and whether nothing has for longer than a call may take."""
        now = time.monotonic()
        seen = (self._steps, self._beats)
        if seen != self._seen:
            self._seen, self._since = seen, now
        self.blocked = now - self._since > self._patience()
        if self._asked == self._beats:
            self._asked += 1
            self._loop.loop.call_soon_threadsafe(self._beat)

    def _patience(self) -> float:
        if self._steps % 2:
            return self._grader.options.timeout + _GRACE_SECONDS
        other = self._loop.at or self._grader
        return 2 * max(self._grader.options.timeout, other.options.timeout) + 3 * _GRACE_SECONDS

    def _beat(self) -> None:
        self._beats += 1


class Loop:
    """The event loop of this process, on a thread of its own: in a notebook another one is running on the main thread.

    `at` is the grader of the step that runs on it now.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.at: Grader | None = None
        self.batches = 0  # that are under way
        self.kept: list[Callable[[], Awaitable[object]]] = []  # see `at_rest`
        self.stuck: set[asyncio.Task[object]] = set()  # calls that did not end; asyncio itself forgets them
        self._gates: WeakKeyDictionary[Grader, asyncio.Semaphore] = WeakKeyDictionary()
        self._thread = threading.Thread(target=self._serve, name="rewardkit-async", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                self.loop.run_forever()
            except (SystemExit, KeyboardInterrupt):  # of an author's task: asyncio lets these two through
                continue

    def gate(self, grader: Grader) -> asyncio.Semaphore:
        """The places of a grader, shared by everybody who scores with it."""
        return self._gates.setdefault(grader, asyncio.Semaphore(grader.options.concurrency))

    def where(self, grader: Grader) -> str:
        """The line of the grader's file that it is at, else the line that it is at."""
        frame = sys._current_frames().get(self._thread.ident or 0)
        lines = []
        while frame is not None:
            lines.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        own = [line for line in lines if line[0] == str(grader.file)]
        file, number = (own or lines or [("its thread has ended", 0)])[0]
        return f"{display_path(file)}:{number}"

    async def let_go(self) -> None:
        """Close what is kept open: all of it is out of use before the first step of anything else."""
        ends = [let_go() for let_go in self.kept]
        self.kept.clear()
        await asyncio.gather(*ends, return_exceptions=True)


_loops: dict[int, Loop] = {}  # by process: a forked child has the object, but not its thread
_making = threading.Lock()


def event_loop() -> Loop:
    with _making:
        process = os.getpid()
        if process not in _loops:
            _loops[process] = Loop()
        return _loops[process]


def awaited(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """What a coroutine returns, run on the loop of this process: also in a notebook, and always on the same one, as clients that are kept open need."""
    running = asyncio.run_coroutine_threadsafe(coroutine, event_loop().loop)
    try:
        return running.result()
    except BaseException:
        running.cancel()  # interrupted: what is under way there is for nobody
        raise


@contextmanager
def loop_for_a_batch() -> Iterator[Loop]:
    """The loop of this process, which keeps what is open on it for the length of the block."""
    loop = event_loop()
    with _making:
        loop.batches += 1
    try:
        yield loop
    finally:
        with _making:
            loop.batches -= 1


def at_rest(let_go: Callable[[], Awaitable[object]]) -> None:
    """On the loop of this process: have `let_go` called there, and what it returns awaited, when nobody scores on it and a scorer is closed.

    On any other loop nothing is done: it ends by itself.
    """
    loop = _loops.get(os.getpid())
    if loop is not None and loop.loop is asyncio.get_running_loop():
        loop.kept.append(let_go)


def rest() -> None:
    """Close what graders of ours keep open on the loop of this process, unless somebody scores there."""
    with _making:
        loop = _loops.get(os.getpid())
        if loop is None or loop.batches or not loop.kept:
            return
        closed = asyncio.run_coroutine_threadsafe(loop.let_go(), loop.loop)
    with suppress(TimeoutError):  # a loop that is blocked
        closed.result(_GRACE_SECONDS)


atexit.register(rest)


def give_up(loop: Loop, grader: Grader) -> NoReturn:
    """Leave a blocked loop to itself, and say who blocks it; the next batch has a new one."""
    with _making:
        _loops.pop(os.getpid(), None)
    raise GraderError(
        f"it blocked the event loop for more than its {grader.options.timeout:g} s ({loop.where(grader)}); an async grader must await "
        "what it waits for, or be declared with isolation='process', where it can be killed",
        where=str(grader),
    )
