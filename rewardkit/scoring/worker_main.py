"""A worker process: `python -m rewardkit.scoring.worker_main JOBS REPORTS LIFELINE RECORD`, four file descriptors.

It loads graders by their Ref and makes the calls it is sent. What it is busy with stands in the record that it shares with the scorer;
results go out every few milliseconds, those of slow calls at once, so that the scorer knows what is done when it has to kill the worker.
Standard output and standard error are one file, kept for the item that fails; they belong to the author's code.
"""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import ctypes
import faulthandler
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic  # bound now: the author's code may put another clock into its place
from typing import Any, TypeAlias

from ..calling import call_all, caller
from ..errors import RewardkitError
from ..grader import Grader
from ..loading import Ref, load_grader
from ..phases import Change, blaming, listening
from ..scores import Component, Score
from . import workers
from .items import Values
from .limits import end_with_parent, limit_memory, resident_mb, volunteer_for_the_memory_killer
from .output import Printed
from .record import BLAMES_ANSWER, NOTHING, PREPARING, STRANGERS, Record
from .surroundings import Surroundings, enter, settle, within
from .together import Together
from .wire import Frames, pack_report, pack_scores, unpack_job, unpack_values

Numbered: TypeAlias = list[tuple[int, Values | bytes]]

_FLUSH_SECONDS = 0.005
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


def main(argv: list[str]) -> None:
    """Serve jobs until the scorer closes the pipe."""
    jobs, reports, lifeline, record = (int(text) for text in argv)
    end_with_parent(lifeline)
    volunteer_for_the_memory_killer()
    _let_anything_be_printed()
    faulthandler.enable(2, all_threads=False)  # a crash names its line
    faulthandler.register(signal.SIGUSR1, 2, all_threads=False)  # so does a hang, before it is ended
    worker = _Worker(reports, Record(record))
    frames = Frames(most=1 << 32)  # the scorer sends what it can send
    while data := os.read(jobs, 1 << 20):
        for frame in frames.feed(data):
            worker.serve(unpack_job(frame))


@dataclass(slots=True)
class _Work:
    """The call that a worker is on: when it began, since when it is in this phase, where its output begins, whose fault a fault would be."""

    index: int
    begun: float
    since: float
    printed: int
    flags: int = 0


class _Worker:
    def __init__(self, reports: int, record: Record) -> None:
        self._reports = reports
        self._record = record
        self._printed = Printed()
        self._process = os.getpid()
        self._graders: dict[int, Grader] = {}
        self._pending = bytearray()
        self._done: list[tuple[int, Any, int]] = []
        self._flushed = 0.0
        self._runner: asyncio.Runner | None = None
        self._folder = os.open(".", os.O_RDONLY)
        self._threads = 0
        self._surroundings: Surroundings | None = None

    def serve(self, job: tuple[Any, ...]) -> None:
        kind, *arguments = job
        getattr(self, f"_{kind}")(*arguments)

    def _setup(self, path: list[str], dies_with_thread: bool, surroundings: Surroundings | None) -> None:
        sys.path[:] = path
        self._surroundings = surroundings
        enter(surroundings)
        if dies_with_thread:
            end_with_parent(None)

    def _load(self, number: int, ref: Ref) -> None:
        try:
            with workers.refusing_to_start():
                grader = load_grader(ref)
            settle(self._surroundings, grader)
            self._graders[number] = grader
        except RewardkitError as error:
            self._report(["refused", number, str(error)])
        else:
            self._report(["loaded", number])
        self._flush()
        self._threads = max(self._threads, _thread._count())

    def _chunk(self, serial: int, number: int, calls: Numbered, places: int) -> None:
        """Make calls, `places` of them at a time when the grader is async."""
        grader, began, worn = self._graders[number], monotonic(), False
        limit_memory(grader.options.memory_mb)
        if grader.is_async:
            worn = self._together(grader, calls, places)
        else:
            self._one_by_one(grader, calls)
        self._rest()
        limit_memory(None)
        self._report_done()
        resident = resident_mb()
        worn |= sys.platform == "linux" and not resident  # the author's code has left no way to look
        self._report(["idle", serial, monotonic() - began, resident, worn])
        self._flush()

    def _one_by_one(self, grader: Grader, calls: Numbered) -> None:
        blamed = grader.options.runs_completion and not grader.parts
        make = self._maker(grader, blamed)
        self._flushed = monotonic()
        for index, values in calls:
            now = monotonic()
            if now - self._flushed >= _FLUSH_SECONDS:
                self._rest()  # the scorer may be slow to listen; that is not the last call's fault
                self._report_done()
                self._flush()
                now = self._flushed = monotonic()
            flags = (BLAMES_ANSWER if blamed else 0) | (STRANGERS if _thread._count() > self._threads else 0)
            work = _Work(index, now, now, self._printed.now(), flags)
            scores = make(work, values)
            if scores[0].cause == "memory" and index != calls[0][0]:  # calls before it may have kept theirs
                limit_memory(None)
                limit_memory(grader.options.memory_mb)
                work.since = monotonic()
                scores = make(work, values)
            self._end(work, scores)

    def _maker(self, grader: Grader, blamed: bool) -> Callable[[_Work, Values | bytes], tuple[Score, ...]]:
        """Makes a call and keeps the record of it; all that the calls of a grader have in common is found out here, once."""
        steps = grader.options.runs_completion and grader.kind == "partial_credit"
        changes = bool(grader.parts) or grader.options.runs_completion
        make = within(self._surroundings, caller(grader))

        def made(work: _Work, values: Values | bytes) -> tuple[Score, ...]:
            self._begin(work)
            os.fchdir(self._folder)
            if not changes:
                return make(unpack_values(values))
            on_step = self._steps(work.index) if steps else None
            with blaming(blamed), listening(self._listener(work)):
                return call_all(grader, unpack_values(values), on_step=on_step)

        return made

    def _together(self, grader: Grader, calls: Numbered, places: int) -> bool:
        """Calls of an async grader; True when some of them did not end, so that this process is worn out."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        works: dict[int, _Work] = {}

        def mark(index: int, runs: bool) -> None:
            if not runs:
                self._rest()
                return
            work = works.get(index)
            if work is None:
                work = works[index] = _Work(index, monotonic(), 0.0, self._printed.now())
            work.since = monotonic()
            self._begin(work)

        def tell() -> None:
            self._flushed = monotonic()
            self._report_done()
            self._flush()

        def heard(index: int, scores: tuple[Score, ...]) -> None:
            self._end(works.pop(index), scores)
            waited = monotonic() - self._flushed
            if waited >= _FLUSH_SECONDS:
                tell()
            elif len(self._done) == 1:  # the first of those that go out together
                asyncio.get_running_loop().call_later(_FLUSH_SECONDS - waited, tell)

        def changed(index: int, change: Change) -> None:
            if index in works:
                self._listener(works[index])(change)

        batch = Together(grader, asyncio.Semaphore(places), heard, mark, changed)
        self._runner.run(batch.run([(index, unpack_values(values)) for index, values in calls]))
        return bool(batch.stuck)

    def _begin(self, work: _Work) -> None:
        self._end_a_child()
        self._record.write(work.index, work.since, work.printed, work.flags)

    def _rest(self) -> None:
        self._end_a_child()
        self._record.write(NOTHING, 0.0, 0, 0)

    def _end_a_child(self) -> None:
        """End a process that the author's code forked and let return to here: it must not write into the worker's record or pipe."""
        if os.getpid() != self._process:
            os._exit(0)

    def _end(self, work: _Work, scores: tuple[Score, ...]) -> None:
        for timer in _TIMERS:  # one that the author's code has left behind would end the next call
            signal.setitimer(timer, 0)
        if any(score.cause is not None for score in scores):
            printed = self._printed.since(work.printed)
            scores = tuple(_with_output(score, printed) for score in scores)
        microseconds = int((monotonic() - work.begun) * 1e6)
        self._done.append((work.index, pack_scores(scores), microseconds))

    def _listener(self, work: _Work) -> Callable[[Change], None]:
        def hear(change: Change) -> None:
            if change in ("blame answer", "blame grader"):
                work.flags = work.flags & ~BLAMES_ANSWER | (BLAMES_ANSWER if change == "blame answer" else 0)
            else:
                work.flags = work.flags | PREPARING if change == "prepare" else work.flags & ~PREPARING
                work.since = monotonic()
            self._begin(work)

        return hear

    def _steps(self, index: int) -> Callable[[float, tuple[Component, ...]], None]:
        def on_step(height: float, components: tuple[Component, ...]) -> None:
            self._report(
                ["step", index, height, [(c.name, c.value, c.weight, c.level, c.reason) for c in components]]
            )
            self._flush()

        return on_step

    def _report_done(self) -> None:
        if self._done:
            self._report(["done", self._done])
            self._done = []

    def _report(self, message: list[Any]) -> None:
        self._pending += pack_report(message)

    def _flush(self) -> None:
        self._end_a_child()
        view = memoryview(bytes(self._pending))
        self._pending.clear()
        while view:
            view = view[os.write(self._reports, view) :]


def _with_output(score: Score, printed: str) -> Score:
    """A score with a cause and what was printed meanwhile, before what it has to show itself."""
    if score.cause is None or not printed:
        return score
    return replace(score, output=f"{printed}\n{score.output}" if score.output else printed)


def _let_anything_be_printed() -> None:
    """An author's print(completion) must not raise, as on a lone surrogate, which has no encoding; and nothing waits in a buffer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", write_through=True)
    libc = ctypes.CDLL(None)
    with contextlib.suppress(ValueError):  # a C library that calls it otherwise
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, 2, 0)  # 2: _IONBF, no buffer


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BrokenPipeError:  # the scorer is gone
        pass
    except BaseException:  # noqa: BLE001  # what a call raised past everything
        traceback.print_exc()
    finally:
        os._exit(1)  # threads that the author's code left behind are not waited for
