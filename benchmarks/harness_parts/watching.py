"""A command and every process it starts: their CPU seconds and the peak memory of each."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring_parts.children import CannotMeasure

_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command cost: CPU and wall seconds, and the peak resident MB of each of its processes, the command first."""

    cpu_s: float
    wall_s: float
    peaks_mb: tuple[float, ...]
    said: str


def watched(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> Watched:
    """Run a command to its end in a folder. CannotMeasure, with what it said, when it fails.

    CPU is that of the process and of all that it or its children waited for (`wait4`). Memory is the high-water mark of Linux,
    looked at every 20 ms: unlike `ru_maxrss` it does not begin with the size of the process that forked.
    """
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=errors
        )
        peaks: dict[int, float] = {}
        ended = threading.Event()
        looking = threading.Thread(target=_look, args=(process.pid, peaks, ended))
        looking.start()
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        ended.set()
        looking.join()
        if process.returncode:
            errors.seek(0)
            words = errors.read().decode("utf-8", "replace")[-1500:]
            raise CannotMeasure(f"{' '.join(map(str, command[:6]))} ended with {process.returncode}\n{words}")
    return Watched(used.ru_utime + used.ru_stime, wall, tuple(peaks.values()), said.decode())


def _look(pid: int, peaks: dict[int, float], ended: threading.Event) -> None:
    while not ended.wait(_LOOK_SECONDS):
        for each in _family(pid):
            if mb := _peak_mb(each):
                peaks[each] = mb


def _family(pid: int) -> list[int]:
    """The process and all below it that are there now."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:  # it has just ended
                continue
    return found


def _peak_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
