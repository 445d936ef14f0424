"""The process that talks to Ray, as the scorer sees it: started, sent messages, listened to, ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from .ray_driver import ENDING_SECONDS
from .wire import Frames, pack_job

LOCAL = "local"
"""The address of a Ray that is started for this scorer alone, and ends with it."""

_ERROR_LINE = re.compile(r"^\[\S+ \S+ [EF] [\d ]+\] (?:\([^)]*\) )?(?:\S+: )?(.*)$", re.MULTILINE)


class RayProcess:
    """A running `ray_driver`. EOFError from `receive` and BrokenPipeError from `send` say that it has ended."""

    def __init__(self, address: str, cpus: int | None, working_dir: str | None) -> None:
        # Ray's sockets are in this folder, and a socket's path has at most 103 characters: not below $TMPDIR.
        self._folder = tempfile.mkdtemp(prefix="rewardkit-ray-", dir="/tmp") if address == LOCAL else None
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._frames = Frames()
        self._unsent = bytearray()
        self._start()
        self.send(("connect", address, cpus, working_dir))

    def send(self, message: tuple[Any, ...]) -> None:
        """Queue a message; it leaves while `receive` waits."""
        self._unsent += pack_job(message)

    def receive(self, timeout: float) -> list[list[Any]]:
        """The reports that have arrived, at least one; none after `timeout` seconds of silence."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._reports, selectors.EVENT_READ)
            if self._unsent:
                selector.register(self._jobs, selectors.EVENT_WRITE)
            while True:
                events = selector.select(timeout)
                if not events:
                    return []
                for _, event in events:
                    if event & selectors.EVENT_WRITE:
                        self._write()
                        if not self._unsent:
                            selector.unregister(self._jobs)
                    elif reports := list(self._read()):
                        return reports

    def last_words(self) -> str:
        """How the process ended, and the last error that Ray printed."""
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "its driver closed the pipe"
        self._output.seek(0)
        errors = _ERROR_LINE.findall(self._output.read().decode("utf-8", "replace"))
        return errors[-1][:300] if errors else f"its driver ended with code {code}"

    def close(self) -> None:
        """End it: it leaves the cluster, or ends the Ray that it started; killed when that takes too long."""
        os.close(self._jobs)
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            os.close(self._reports)
            os.close(self._lifeline)
            self._output.close()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        job_read, self._jobs = os.pipe()
        self._reports, report_write = os.pipe()
        life_read, self._lifeline = os.pipe()
        theirs = (job_read, report_write, life_read)
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "rewardkit.scoring.ray_driver",
                *map(str, theirs),
                *filter(None, [self._folder]),
            ],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
            env={**os.environ, **self._environment()},
        )
        for descriptor in theirs:
            os.close(descriptor)
        os.set_blocking(self._jobs, False)

    def _environment(self) -> dict[str, str]:
        package = str(Path(__file__).resolve().parents[2])
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")])),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # under `uv run`, Ray would send the current folder to every node
        }
        if self._folder is not None:
            environment["RAY_TMPDIR"] = self._folder
            if (
                "RAY_AUTH_MODE" not in os.environ
            ):  # a password for this Ray alone; Ray's own default leaves one in ~/.ray
                environment |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        return environment

    def _write(self) -> None:
        with contextlib.suppress(BlockingIOError):
            del self._unsent[: os.write(self._jobs, self._unsent[: 1 << 16])]

    def _read(self) -> Iterator[list[Any]]:
        data = os.read(self._reports, 1 << 20)
        if not data:
            raise EOFError
        for frame in self._frames.feed(data):
            yield json.loads(frame)
