"""The parent's side: starts the process of one layer or executor, asks it, and says plainly why it cannot be measured."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

BENCHMARKS = Path(__file__).resolve().parents[1]
ANSWER_SECONDS = 300.0

QUIET = {  # no tracing, no telemetry, no look-up over the network while peers are imported
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "OMP_NUM_THREADS": "1",
}


class CannotMeasure(Exception):
    """A layer or executor that cannot be measured; the text names it and says why."""


class Child:
    """One measured process. `ask` waits for it; while nobody asks, it is blocked on its input and costs nothing."""

    def __init__(self, label: str, part: str, python: Path, home: Path) -> None:
        self.label = label
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        home.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, [str(BENCHMARKS), os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [python, "-P", "-m", "scoring_parts.child", part],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, **QUIET, "PYTHONPATH": path, "HOME": str(home)},
        )

    def ready(self) -> None:
        """Wait until it has imported what it measures. CannotMeasure when it could not."""
        self._answer()

    def ask(self, do: str, **question: Any) -> dict[str, float]:
        """The figures for one question. CannotMeasure when the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **question}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise CannotMeasure(self._why("has ended")) from None
        return self._answer()

    def end(self) -> None:
        """Let it end by itself, then make sure of it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._process.kill()
        self.end()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], ANSWER_SECONDS)
        if not readable:
            raise CannotMeasure(self._why(f"gave no answer within {ANSWER_SECONDS:g} s"))
        line = self._process.stdout.readline()
        if not line:
            raise CannotMeasure(self._why("ended"))
        answer: dict[str, float] = json.loads(line)
        return answer

    def _why(self, what: str) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        said = "\n  ".join(lines[-6:]) or "it said nothing"
        return f"{self.label} cannot be measured: its process {what}\n  {said}"


def own_python() -> Path:
    """The interpreter that runs the benchmark: ours, TRL and the standard library are measured in it."""
    return Path(sys.executable)
