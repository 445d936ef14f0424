"""The peers' virtual environments, apart from ours: their pins (openai, datasets ...) contradict each other and ours.

Each is made on first use from `benchmarks/peers/NAME.txt`, and made again when that file changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from .children import BENCHMARKS, CannotMeasure

ABOUT = {
    "main": "1.1 GB, about 2 minutes",
    "verifiers_v1": "0.6 GB, about 1 minute",
    "checking": "0.25 GB, about half a minute",
    "evaluation": "1.0 GB, about 2 minutes",
}


def python_of(name: str, folder: Path) -> Path:
    """The interpreter of environment `name` under `folder`. CannotMeasure when it is not there and cannot be made."""
    target = folder / f"peers-{name}"
    requirements = BENCHMARKS / "peers" / f"{name}.txt"
    made_from = target / "requirements.txt"
    python = target / "bin" / "python"
    if not (python.exists() and made_from.exists() and made_from.read_text() == requirements.read_text()):
        _make(target, python, requirements)
        shutil.copy(requirements, made_from)
    return python


def _make(target: Path, python: Path, requirements: Path) -> None:
    print(
        f"making {target} from {requirements.relative_to(BENCHMARKS.parent)} ({ABOUT[requirements.stem]})",
        file=sys.stderr,
        flush=True,
    )
    start = time.monotonic()
    shutil.rmtree(target, ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", str(target)],
        [str(python), "-m", "pip", "install", "--quiet", "--no-input", "-r", str(requirements)],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            errors = [line for line in done.stdout.splitlines() if not line.startswith("WARNING")]
            shutil.rmtree(target, ignore_errors=True)
            raise CannotMeasure(
                f"the environment of {_peers(requirements)} cannot be made (is there a network?):\n  "
                + "\n  ".join(errors[-4:])
                + "\n  `--peers none` measures without them"
            )
    print(f"made in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def _peers(requirements: Path) -> str:
    """The packages before the first empty line: those that are measured."""
    named = requirements.read_text().split("\n\n")[0].splitlines()
    return ", ".join(line for line in named if not line.startswith("#"))
