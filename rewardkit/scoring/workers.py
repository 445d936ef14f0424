"""One worker process as the scorer sees it: started, sent jobs, listened to, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..loading import Ref
from ..scores import Component
from .wire import Frames, pack_job

START_SECONDS = 120.0
"""How long a worker may take to start and to import the grader's module (torch among its imports takes many seconds)."""

PREPARE_SECONDS = 120.0
"""How long a grader may take to prepare the reference of one item, in `preparing()`."""

_ENDING_SECONDS = 0.5  # how long a process that has closed its pipe may take to end
_OUTPUT_KEPT = 1 << 20  # bytes of a living worker's output
_OUTPUT_TAIL = 2000  # characters of a dead worker's output that go into the reason


@dataclass(slots=True)
class Progress:
    """What is known of the item that a worker is busy with; `blames_answer` says whose fault it is when it ends now."""

    index: int
    blames_answer: bool
    preparing: bool = False
    height: float | None = None
    components: tuple[Component, ...] = ()


@dataclass(slots=True)
class Worker:
    """A warm worker process. `deadline` is on the monotonic clock; None while it is idle."""

    process: subprocess.Popen[bytes]
    jobs: int
    reports: int
    lifeline: int
    output: Any
    sent: set[int] = field(default_factory=set)
    loaded: set[int] = field(default_factory=set)
    chunk: list[int] = field(default_factory=list)
    current: Progress | None = None
    deadline: float | None = None
    unsent: bytearray = field(default_factory=bytearray)
    frames: Frames = field(default_factory=Frames)

    def load(self, number: int, ref: Ref) -> None:
        """Ask it to load a grader under that number."""
        self.sent.add(number)
        self.unsent += pack_job(("load", number, ref.source, ref.attribute, ref.fingerprint))

    def send(self, number: int, items: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Send it a chunk of items; its start-up time counts until its first report."""
        self.chunk = [index for index, _ in items]
        self.unsent += pack_job(("chunk", number, list(items)))
        self.deadline = time.monotonic() + START_SECONDS

    def write(self) -> None:
        """Write what the pipe takes now; BrokenPipeError when the process is gone."""
        try:
            written = os.write(self.jobs, self.unsent[: 1 << 16])
        except BlockingIOError:
            return
        del self.unsent[:written]

    def read(self) -> Iterator[list[Any]]:
        """The reports that have arrived. EOFError when the process has closed its end, ValueError for what is no report."""
        data = os.read(self.reports, 1 << 20)
        if not data:
            raise EOFError
        for frame in self.frames.feed(data):
            yield json.loads(frame)

    def kill(self) -> None:
        """End the process and every process it started in its group, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.jobs, self.reports, self.lifeline):
            os.close(descriptor)

    def forget_output(self) -> None:
        """Empty the file of what it printed once that has grown; the process shares the file's position."""
        descriptor = self.output.fileno()
        if os.fstat(descriptor).st_size > _OUTPUT_KEPT:
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)

    def last_words(self) -> str:
        """How the process ended, and the end of what it printed."""
        try:
            code = self.process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed the pipe of its worker process"
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self.output.seek(0, os.SEEK_END)
        self.output.seek(max(0, self.output.tell() - _OUTPUT_TAIL))
        text = self.output.read().decode("utf-8", "replace").strip()
        return f"its process ended with {how}" + (f"; it had printed: {text}" if text else "")


def start_worker() -> Worker:
    """Start a worker in a process group of its own. It never imports the caller's `__main__`."""
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()
    life_read, life_write = os.pipe()
    output = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the worker
    theirs = (job_read, report_write, life_read)
    package = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-P", "-m", "rewardkit.scoring.worker_main", *map(str, theirs)]
    path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
    process = subprocess.Popen(
        command,
        pass_fds=theirs,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    for descriptor in theirs:
        os.close(descriptor)
    os.set_blocking(job_write, False)
    worker = Worker(process, job_write, report_read, life_write, output)
    # The parent-death signal follows the thread that started the child: only the main thread lives as long as the process.
    from_main = threading.current_thread() is threading.main_thread()
    worker.unsent += pack_job(("setup", list(sys.path), from_main))
    return worker
