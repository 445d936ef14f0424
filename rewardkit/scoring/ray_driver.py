"""The process that talks to Ray: `python -m rewardkit.scoring.ray_driver JOBS REPORTS LIFELINE [FOLDER]`, three file descriptors.

Ray has a process of its own because it takes over the one that it is in: it ends it without a word when the cluster has been gone for a
minute, replaces the handler of SIGTERM, raises limits, prints, and allows one connection a process, which may be the user's. Here, the end
of the process is the message.

It is told how to connect, then gets chunks, and passes on what Ray workers report of them. FOLDER, where a Ray of our own keeps its
files, is removed at the end. What it adds to the reports:

    ["ready", cpus]       connected
    ["cpus", cpus]        the cluster has grown or shrunk
    ["lost", number, why] the worker or the node of that chunk ended
    ["failed", why]       Ray cannot run chunks at all
    ["gone", why]         the cluster went away
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import threading
import time
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any

from .ray_task import ADVICE, Wire, score_chunk
from .wire import Frames, pack_report, unpack_job

ENDING_SECONDS = 20.0
"""How long ending Ray may take before it is killed."""

_OBJECT_STORE_BYTES = 256 * 1024 * 1024  # of a Ray of our own; chunks in flight are far smaller
_RECOUNT_SECONDS = 5.0


def main(argv: list[str]) -> None:
    """Serve chunks until the scorer closes the pipe, or is gone; then leave the cluster, or end the one started here."""
    jobs, reports, lifeline = (int(text) for text in argv[:3])
    folder = argv[3] if argv[3:] else None
    _end_soon_after_parent(lifeline, folder)
    driver = _Driver(reports)
    frames = Frames()
    try:
        while data := os.read(jobs, 1 << 20):
            for frame in frames.feed(data):
                kind, *content = unpack_job(frame)
                getattr(driver, kind)(*content)
    finally:
        driver.end()
        _remove(folder)


class _Driver:
    def __init__(self, reports: int) -> None:
        self._outbox: SimpleQueue[bytes] = SimpleQueue()
        self._score: Any = None
        self._counted = 0.0
        threading.Thread(target=self._write, args=(reports,), daemon=True).start()

    def connect(self, address: str, cpus: int | None, working_dir: str | None) -> None:
        """Connect to a cluster, or with the address "local" start one of that many CPUs."""
        import ray

        local = {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": _OBJECT_STORE_BYTES}
        try:
            _knock(address)
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level="ERROR",
                runtime_env={"working_dir": working_dir} if working_dir else None,
                **(local if address == "local" else {}),
            )
            # Lost chunks are sent again by the scorer, in halves: so a call that ends its worker costs itself only.
            self._score = ray.remote(num_cpus=1, max_retries=0)(score_chunk)
            self._report(["ready", self._cpus()])
        except Exception as error:  # noqa: BLE001  # Ray documents no closed list
            self._report(["failed", f"{type(error).__name__}: {error}"])

    def chunk(self, number: int, place: Wire, calls: bytes) -> None:
        """Have a chunk scored; its report follows."""
        if time.monotonic() - self._counted > _RECOUNT_SECONDS:
            self._report(["cpus", self._cpus()])
        self._score.remote(number, place, calls).future().add_done_callback(partial(self._pass_on, number))

    def end(self) -> None:
        """Disconnect; ends a Ray that was started here."""
        import ray

        ray.shutdown()

    def _cpus(self) -> int:
        import ray

        self._counted = time.monotonic()
        return int(ray.cluster_resources().get("CPU", 0))

    def _pass_on(self, number: int, future: Future[bytes]) -> None:
        error = future.exception()
        self._outbox.put(future.result() if error is None else pack_report(_mishap(number, error)))

    def _report(self, message: list[Any]) -> None:
        self._outbox.put(pack_report(message))

    def _write(self, reports: int) -> None:
        """In a thread of its own: Ray's callbacks must not wait for a reader."""
        while True:
            view = memoryview(self._outbox.get())
            while view:
                view = view[os.write(reports, view) :]


def _knock(address: str) -> None:
    """OSError at once when nobody listens there; Ray would try for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and "://" not in address:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


def _mishap(number: int, error: BaseException) -> list[Any]:
    from ray import exceptions

    lost = (
        exceptions.WorkerCrashedError,
        exceptions.NodeDiedError,
        exceptions.ObjectLostError,
        exceptions.OutOfMemoryError,
        exceptions.TaskCancelledError,
    )
    if isinstance(
        error, exceptions.RayTaskError
    ):  # not of the grader: those are reported, so rewardkit cannot be imported there
        return [
            "failed",
            f"a node cannot run rewardkit: {str(error).strip().splitlines()[-1].strip()}. {ADVICE}",
        ]
    why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
    if isinstance(error, exceptions.LocalRayletDiedError):
        return ["gone", why]
    return ["lost", number, why] if isinstance(error, lost) else ["failed", why]


def _remove(folder: str | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _end_soon_after_parent(lifeline: int, folder: str | None) -> None:
    """When the scorer's process is gone there is time for an orderly end, but not for ever."""

    def wait() -> None:
        os.read(lifeline, 1)
        time.sleep(ENDING_SECONDS)
        _remove(folder)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="rewardkit-lifeline", daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
