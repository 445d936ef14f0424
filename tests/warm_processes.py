"""Processes of their own, to be killed, signalled or run side by side, that need not load torch, transformers and TRL first.

Loading them takes longer than most trainings of the tests. A server that has loaded them once forks each process (multiprocessing's
forkserver), which then runs `python ARGUMENTS` as a fresh interpreter would: its own folder, environment, session, standard streams.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path

PATIENCE = 300.0  # seconds after which a process that should have ended counts as hung
_LOADED = ["trl", "peft", "rewardkit.trainer.methods.grpo", "rewardkit.trainer.pipeline", "rewardkit.cli"]
_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended and what it said. code: negative for the number of the signal that killed it."""

    code: int
    out: str
    err: str


class Warm:
    """`python ARGUMENTS`, started now. largest_file: bytes that no file of it may exceed, as on a full disk."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        largest_file: int | None = None,
    ) -> None:
        _serve()
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self._said = Path(self._folder.name)
        for name in ("out", "err"):  # one that is killed at once has said nothing
            (self._said / name).touch()
        variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = _context.Process(
            target=_live,
            args=(list(arguments), folder, {**variables, **(environment or {})}, largest_file, self._said),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, as in `Ended`; None while it runs."""
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with SIGKILL, if it still runs, and wait until it is gone."""
        self._process.kill()
        self._process.join()

    def ended(self, patience: float = PATIENCE) -> Ended:
        """Wait for its end; one that hangs is killed, and the test with it."""
        self._process.join(patience)
        hangs = self._process.exitcode is None
        self.kill()
        out, err = ((self._said / name).read_text("utf-8", "replace") for name in ("out", "err"))
        assert not hangs, f"no end after {patience:g} s\n{out}\n{err}"
        assert self._process.exitcode is not None
        return Ended(self._process.exitcode, out, err)


def _serve() -> None:
    """Start the server where there is none yet; what it loads reads its environment once."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"  # threads would not outlive the fork
    try:
        _context.set_forkserver_preload(_LOADED)
        forkserver.ensure_running()
    finally:
        os.environ.pop("OMP_NUM_THREADS")
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


def _live(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    largest_file: int | None,
    said: Path,
) -> None:
    """In the new process: become `python ARGUMENTS`."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests were started with `&`
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        file = os.open(said / name, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, stream.fileno())
        os.close(file)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
    sys.path.insert(0, str(folder))
    try:
        first, *rest = arguments
        if first == "-m":
            sys.argv = list(rest)
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        elif first == "-c":
            sys.argv = ["-c", *rest[1:]]
            exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # the test's own script
        else:
            sys.argv = list(arguments)
            runpy.run_path(first, run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # a forked process ends without them
