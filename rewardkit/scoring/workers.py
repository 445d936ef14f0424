"""One worker process as the scorer sees it: started, sent jobs, listened to, killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import GraderError
from ..loading import Ref
from ..scores import Component
from .items import Values
from .output import empty_when_grown, output_file, tail_of
from .record import Record, State, new_record
from .surroundings import Surroundings, environment_of
from .wire import Frames, pack_job, pack_values

_ENDING_SECONDS = 0.5  # how long a process that has closed its pipe may take to end
_TRACE_SECONDS = 0.1  # how long a process may take to say where it is before it is killed
_PACKAGE = Path(__file__).resolve().parents[1]
_FRAME = re.compile(r'  File "(?P<file>.+)", line \d+ in .+')


@dataclass(slots=True, eq=False)
class Worker:
    """A warm worker process. `chunk` holds the indices of the calls it was sent and has not answered; empty when it is idle.

    `number` is the grader of its last chunk. `heard` is when it was last sent or said something, on the monotonic clock. `reached` is how far
    a ladder had climbed; `answered` counts calls in its lifetime. `worn` asks for a fresh process in its place.
    """

    process: subprocess.Popen[bytes]
    jobs: int
    reports: int
    lifeline: int
    record: Record
    output: Any
    sent: set[int] = field(default_factory=set)
    loaded: set[int] = field(default_factory=set)
    chunk: dict[int, None] = field(default_factory=dict)
    reached: dict[int, tuple[float, tuple[Component, ...]]] = field(default_factory=dict)
    heard: float = 0.0
    number: int = -1
    chunks: int = 0
    chunk_size: int = 0
    calls: int = 0
    answered: int = 0
    seen: tuple[int, float] = (-1, 0.0)
    first_mb: int | None = None
    worn: bool = False
    unsent: bytearray = field(default_factory=bytearray)
    frames: Frames = field(default_factory=Frames)

    def load(self, number: int, ref: Ref) -> None:
        """Ask it to load a grader under that number."""
        self.sent.add(number)
        self.heard = time.monotonic()
        self.unsent += pack_job(("load", number, ref))

    def send(self, number: int, calls: Mapping[int, Values], places: int) -> None:
        """Send it a chunk of calls; `places` of an async grader wait at the same time."""
        packed = [(index, pack_values(values)) for index, values in calls.items()]
        empty_when_grown(self.output)
        self.number = number
        self.chunks += 1
        self.unsent += pack_job(("chunk", self.chunks, number, packed, places))
        self.chunk = dict.fromkeys(calls)
        self.chunk_size = len(calls)
        self.calls += len(calls)
        self.heard = time.monotonic()

    def since(self, state: State) -> float:
        """Since when it has been where it is, by its own clock or ours, whichever was earlier: it may have lost its own."""
        if self.seen[0] != state.serial:
            self.seen = (state.serial, time.monotonic())
        return min(state.since, self.seen[1])

    def write(self) -> None:
        """Write what the pipe takes now; BrokenPipeError when the process is gone."""
        try:
            written = os.write(self.jobs, self.unsent[: 1 << 16])
        except BlockingIOError:
            return
        del self.unsent[:written]

    def read(self) -> Iterator[list[Any]]:
        """The reports that have arrived. EOFError when the process has closed its end, ValueError for what is no report."""
        try:
            data = os.read(self.reports, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            raise EOFError
        self.heard = time.monotonic()
        for frame in self.frames.feed(data):
            yield json.loads(frame)

    def where(self, start: int) -> str:
        """Where its code is, asked for just before it is killed; empty when it does not answer (it is stopped, or waits in the kernel)."""
        before = os.fstat(self.output.fileno()).st_size
        try:
            os.kill(self.process.pid, signal.SIGUSR1)
        except ProcessLookupError:
            return tail_of(self.output, start)
        until = time.monotonic() + _TRACE_SECONDS
        size = before
        while time.monotonic() < until:
            time.sleep(0.005)
            grown = os.fstat(self.output.fileno()).st_size
            if grown == size > before:
                break
            size = grown
        return without_our_frames(tail_of(self.output, start))

    def kill(self) -> None:
        """End the process and every process it started in its group, at once. What it has reported can still be read."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Give back what a killed worker held."""
        for descriptor in (self.jobs, self.reports, self.lifeline):
            os.close(descriptor)
        self.record.close()
        self.output.close()

    def last_words(self) -> str:
        """How the process ended."""
        try:
            code = self.process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed the pipe of its worker process"
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"its process ended with {how}"


_refusing = False


@contextmanager
def refusing_to_start() -> Iterator[None]:
    """In a worker that loads a grader's file: a file that scores when it is imported would start workers that import it, without end."""
    global _refusing
    _refusing = True
    try:
        yield
    finally:
        _refusing = False


def start_worker(
    surroundings: Surroundings | None = None, environment: Mapping[str, str] | None = None
) -> Worker:
    """Start a worker in a process group of its own, with these variables on top of ours. It never imports the caller's `__main__`."""
    if _refusing:
        raise GraderError(
            "this file scores when it is imported, and workers import it to find its graders; put that part under "
            "`if __name__ == '__main__':`"
        )
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()
    life_read, life_write = os.pipe()
    record, output = new_record(), output_file()
    theirs = (job_read, report_write, life_read)
    command = [sys.executable, "-P", "-m", "rewardkit.scoring.worker_main", *map(str, theirs)]
    path = os.pathsep.join(filter(None, [str(_PACKAGE.parent), os.environ.get("PYTHONPATH", "")]))
    process = subprocess.Popen(
        [*command, str(record.descriptor)],
        pass_fds=(*theirs, record.descriptor),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        env={**os.environ, **environment_of(surroundings), **(environment or {}), "PYTHONPATH": path},
    )
    for descriptor in theirs:
        os.close(descriptor)
    os.set_blocking(job_write, False)
    os.set_blocking(report_read, False)
    worker = Worker(process, job_write, report_read, life_write, record, output, heard=time.monotonic())
    # The parent-death signal follows the thread that started the child: only the main thread lives as long as the process.
    from_main = threading.current_thread() is threading.main_thread()
    worker.unsent += pack_job(("setup", list(sys.path), from_main, surroundings))
    return worker


def without_our_frames(text: str) -> str:
    """A dumped stack without the lines of this package below and the standard library's runner above the author's code."""
    lines = text.splitlines()
    ours = [n for n, line in enumerate(lines) if (m := _FRAME.match(line)) and _is_ours(m["file"])]
    return "\n".join(lines[: ours[0]] if ours else lines).strip()


def _is_ours(file: str) -> bool:
    return Path(file).parent in (_PACKAGE, _PACKAGE / "scoring")
