"""Published tools that test reward functions, on the graders of the corpus: a process for each tool and grader, in the tools' own environment.

What a tool takes, what counts as its find and what helps it are told where it is run, in `tools/`. The lines of one start share its seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring_parts.children import BENCHMARKS, QUIET

import rewardkit

from .corpus import Specimen
from .judged import Judged

LIMIT_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Run:
    """One start of a tool: its module in `tools`, what it is called with, and the lines of the table by its readings."""

    module: str
    lines: Mapping[str, str]
    options: tuple[str, ...] = ()


RUNS = (
    Run(
        "falsepass_audit",
        {
            "auto": "falsepass",
            "ci": "falsepass, adapter",
            "full": "falsepass, adapter, paid in full",
            "gates": "falsepass, adapter, all gates",
        },
    ),
    Run(
        "falsepass_audit",
        {
            "ci": "falsepass, adapter, --search 120",
            "full": "falsepass, adapter, --search 120, paid in full",
        },
        ("120",),
    ),
    Run("gradecheck_attacks", {"fooled": "gradecheck", "warned": "gradecheck, all rows, warnings too"}),
    Run(
        "rewardlint_audit",
        {"exploit": "rewardlint", "threshold": "rewardlint --threshold", "any": "rewardlint --fail-on any"},
    ),
)
LINES = tuple(line for run in RUNS for line in run.lines.values())


def judged_by_peers(
    specimen: Specimen, python: Path, home: Path, *, runs: Sequence[Run] = RUNS, limit: float = LIMIT_SECONDS
) -> Iterator[Judged]:
    """What each tool says of the grader, by line. One that crashes or takes longer than `limit` seconds could not run."""
    for run in runs:
        began = time.perf_counter()
        readings = _readings(run, specimen, python, home, limit)
        seconds = time.perf_counter() - began
        for reading, line in run.lines.items():
            found, what = readings[reading]
            yield Judged(specimen, found, tuple(what), seconds, line=line)


def _readings(run: Run, specimen: Specimen, python: Path, home: Path, limit: float) -> dict[str, Any]:
    module = f"checking_parts.tools.{run.module}"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [str(python), "-P", "-m", module, specimen.set, specimen.id, folder, *run.options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_environment(home),
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=limit)
            return dict(json.loads(said.splitlines()[-1]))
        except subprocess.TimeoutExpired:
            why = f"no answer within {limit:g} s"
        except (IndexError, ValueError):
            errors.seek(0)
            last = errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            why = f"ended with {process.returncode}: {''.join(last)}"
        finally:
            _end(process)
    return dict.fromkeys(run.lines, (None, [why]))


def _end(process: subprocess.Popen[str]) -> None:
    """The process and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(home: Path) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(BENCHMARKS), str(Path(rewardkit.__file__).parents[1])])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return {**kept, **QUIET, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(home)}
