"""A worker process: `python -m rewardkit.scoring.worker_main IN OUT LIFELINE`, three file descriptors.

It loads graders by their Ref, scores the items it is sent, and reports each start, each step of a ladder and each result at once, so that
the scorer knows how far it was when it has to be killed. Its standard output belongs to the author's code; reports go through OUT.
"""

from __future__ import annotations

import ctypes
import io
import os
import signal
import sys
import threading
from typing import Any

from ..calling import call
from ..errors import RewardkitError
from ..grader import Grader
from ..loading import Ref, load_grader
from ..phases import Change, blaming, listening
from ..scores import Component, to_wire
from .wire import Frames, pack_report, unpack_job

_PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Serve jobs until the scorer closes the pipe."""
    jobs, reports, lifeline = (int(text) for text in argv)
    end_with_parent(lifeline)
    _let_anything_be_printed()
    worker = _Worker(reports)
    frames = Frames()
    while data := os.read(jobs, 1 << 20):
        for frame in frames.feed(data):
            worker.serve(unpack_job(frame))


class _Worker:
    def __init__(self, reports: int) -> None:
        self._reports = reports
        self._graders: dict[int, Grader] = {}
        self._pending = bytearray()

    def serve(self, job: tuple[Any, ...]) -> None:
        kind, *arguments = job
        getattr(self, f"_{kind}")(*arguments)

    def _setup(self, path: list[str], dies_with_thread: bool) -> None:
        sys.path[:] = path
        if dies_with_thread and sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def _load(self, number: int, source: str, attribute: str, fingerprint: str) -> None:
        try:
            self._graders[number] = load_grader(Ref(source, attribute, fingerprint))
        except RewardkitError as error:
            self._report(["refused", number, str(error)])
        else:
            self._report(["loaded", number])
        self._flush()

    def _chunk(self, number: int, items: list[tuple[int, dict[str, Any]]]) -> None:
        grader = self._graders[number]
        limit_memory(grader.options.memory_mb)
        for index, values in items:
            self._report(["start", index])
            self._flush()
            on_step = self._steps(index) if grader.options.runs_completion else None
            with blaming(grader.options.runs_completion and not grader.parts), listening(self._tell):
                score = call(grader, values, on_step=on_step)
            self._report(["done", index, to_wire(score)])  # leaves with the next start, or with "idle"
        limit_memory(None)
        self._report(["idle"])
        self._flush()

    def _tell(self, change: Change) -> None:
        self._report([change])
        self._flush()

    def _steps(self, index: int) -> Any:
        def on_step(height: float, components: tuple[Component, ...]) -> None:
            self._report(
                ["step", index, height, [(c.name, c.value, c.weight, c.level, c.reason) for c in components]]
            )
            self._flush()

        return on_step

    def _report(self, message: list[Any]) -> None:
        self._pending += pack_report(message)

    def _flush(self) -> None:
        view = memoryview(bytes(self._pending))
        self._pending.clear()
        while view:
            view = view[os.write(self._reports, view) :]


def end_with_parent(lifeline: int) -> None:
    """End this process and its children as soon as the scorer's process is gone, however it died: the pipe it holds then closes.

    A C loop that keeps the interpreter's lock stops this thread too; on Linux the kernel's parent-death signal covers that case.
    """

    def wait() -> None:
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="rewardkit-lifeline", daemon=True).start()


def _let_anything_be_printed() -> None:
    """An author's print(completion) must not raise: a completion may hold a lone surrogate, which has no encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def limit_memory(megabytes: int | None) -> None:
    """Allow `megabytes` on top of the address space in use now; None lifts the limit. Linux only: elsewhere it does nothing."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if megabytes is not None:
        with open("/proc/self/statm", encoding="ascii") as statm:
            pages = int(statm.read().split()[0])
        soft = pages * os.sysconf("SC_PAGE_SIZE") + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    main(sys.argv[1:])
