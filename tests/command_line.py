"""Running the command line in a test: in this process, or in one of its own that is killed at random moments."""

from __future__ import annotations

import contextlib
import io
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def rewardkit(*args: object) -> Ran:
    """`rewardkit ARGS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in args])
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def spawned(*args: object) -> Ran:
    """`rewardkit ARGS` in a process of its own, which sees files of Python code as they are now."""
    command = [sys.executable, "-m", "rewardkit", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return Ran(done.returncode, done.stdout, done.stderr)


def killed_until_done(args: list[str], folder: Path, *, kills: int, seed: int) -> int:
    """Run the command in `folder`, kill -9 it `kills` times at random moments, then let it finish; returns how many kills hit.

    Moments are drawn from the time that an undisturbed start has taken so far, so that they fall on all parts of the run.
    """
    randomly = random.Random(seed)
    command = [sys.executable, "-m", "rewardkit", *args]
    hit, longest = 0, 2.0
    for _ in range(kills):
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(randomly.uniform(0.3, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            hit += 1
            longest = max(longest, 1.5 * (time.monotonic() - began))
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return hit
