"""A nursery of processes that write a run in batches, to be killed, to run into limits, or to be left alone.

    with Nursery() as nursery:
        nursery.run(root=tmp_path, rows=400, kill_after=0.03)      # Ended(code=-9, said="")
        nursery.run(root=tmp_path, rows=400)                       # Ended(code=0, said="")

The nursery is one process that has imported rewardkit and forks a child for each call, so that a kill costs milliseconds and not the
second of a start. It kills only children that it has not waited for, whose ids are still theirs.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.runs import Fault, Result, RunFolder, SampleRecord
from rewardkit.runs.report import write_report

NAME = "killed"
PLACE = {"stage": "grade", "decoding": "given", "repeat": 0, "grader": "g", "fingerprint": "f"}


def result(index: int) -> Result:
    """The result number `index`; its text has any length, and characters that are hard to keep."""
    draw = random.Random(index)
    text = draw.choice(("a \ud800 ", "line\nnext ", "\0\u2028 ", "word ")) * draw.randrange(120)
    value = None if index % 50 == 7 else round(draw.random(), 3)
    return Result(
        **PLACE, sample=f"q{index}", completion=text, value=value, cause="died" if value is None else None
    )


def write(
    root: str,
    rows: int,
    *,
    batch: int = 16,
    rank: int = 0,
    world: int = 1,
    merge_often: bool = False,
    finish: bool = False,
) -> None:
    """Write this rank's share of a run, as `rewardkit grade` does; `finish` merges and reports."""
    settings: Any = {"versions": {}, "fingerprints": {"g": "f"}, "seed": 0, "rank": rank}
    with RunFolder.open(root, NAME, "grade", {"rows": rows}, **settings) as folder:
        mine = list(range(rank, rows, world))
        for start in range(0, len(mine), batch):
            some = [result(index) for index in mine[start : start + batch]]
            folder.append_samples(SampleRecord(sample=one.sample, prompt=f"?{one.sample}") for one in some)
            broken = (one for one in some if one.cause)
            folder.append_faults(
                Fault(**one.key._asdict(), cause="died", output="Segmentation fault\n" * 9) for one in broken
            )
            folder.append_results(some)
            if merge_often:
                folder.merge_results()
        if finish:
            folder.merge_results(units=((f"q{index}", 0) for index in range(rows)))
            folder.truncate_metrics("rft", after_step=0)
            folder.append_metrics([{"phase": "rft", "step": 1, "reward": 0.5}])
            folder.add_seconds("grade", 1.0)
            folder.write_summary({"seconds": {"grade": 1.0}})
            write_report(folder.path)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code as rewardkit has them, -9 when it was killed, and what it said."""

    code: int
    said: str


class Nursery:
    """One warm process that forks a writer at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(
        self,
        root: Path,
        rows: int,
        *,
        kill_after: float | None = None,
        limit: int | None = None,
        user: int | None = None,
        **options: Any,
    ) -> Ended:
        """`write` in a child: killed after seconds, with a limit on the size of files in bytes, or as another user."""
        self.start(root, rows, kill_after=kill_after, limit=limit, user=user, **options)
        return self.ended()

    def start(
        self,
        root: Path,
        rows: int,
        *,
        kill_after: float | None = None,
        limit: int | None = None,
        user: int | None = None,
        **options: Any,
    ) -> None:
        """`run` without waiting for the end."""
        task = {"root": str(root), "rows": rows, **options}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([task, kill_after, limit, user]) + "\n")
        self._process.stdin.flush()

    def ended(self) -> Ended:
        """Wait for the child."""
        assert self._process.stdout is not None
        return Ended(*json.loads(self._process.stdout.readline()))


def _child(task: dict[str, Any], limit: int | None, user: int | None, said: int) -> int:
    try:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        if user is not None:
            os.setuid(user)
        write(**task)
    except (ConfigError, GuardStop) as error:
        os.write(said, str(error).encode())
        return 2 if isinstance(error, ConfigError) else 3
    except BaseException:
        os.write(said, traceback.format_exc().encode()[-3000:])
        return 1
    return 0


def _serve() -> None:
    for line in sys.stdin:
        task, kill_after, limit, user = json.loads(line)
        heard, said = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(_child(task, limit, user, said))
        os.close(said)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        with os.fdopen(heard, "rb") as pipe:
            words = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), words]), flush=True)


if __name__ == "__main__":
    _serve()
