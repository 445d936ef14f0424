"""The process one layer or executor is measured in: it says it is ready, then answers one question a line until its input ends.

    python -m scoring_parts.child layers.plain_python

Questions and answers are JSON objects, one a line. What the measured code prints goes to standard error.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import tracemalloc
from importlib import import_module
from typing import Any

from scoring_parts.rows import Row, make_rows


def main(name: str) -> None:
    """Serve the part called `name`."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    part = import_module(f"scoring_parts.{name}")
    measure = {"layers": Layer, "executors": Executor}[name.split(".")[0]](part)
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(getattr(measure, question.pop("do"))(**question)), file=answers, flush=True)


class Layer:
    """Times one layer. Every repetition gets rows that were never there before."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.next_row = 0

    def time(self, batch: int, repeats: int) -> dict[str, float]:
        """The least CPU us a sample over the repeats: of scoring, and of building the layer's own inputs."""
        pairs = [self._once(batch) for _ in range(repeats)]
        scores, preps = zip(*pairs, strict=True)
        return {"us": 1e6 * min(scores) / batch, "prep_us": 1e6 * min(preps) / batch}

    def memory(self, batch: int) -> dict[str, float]:
        """Python's bytes a sample: what the inputs keep, what the results keep, and the peak while scoring."""
        rows = self._rows(batch)
        self.part.score(self.part.prepare(self._rows(batch)))
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        prepared = self.part.prepare(rows)
        inputs = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        results = self.part.score(prepared)
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self._check(results, rows)
        return {
            "prep_bytes": (inputs - before) / batch,
            "result_bytes": (after - inputs) / batch,
            "peak_bytes": (peak - inputs) / batch,
        }

    def _once(self, batch: int) -> tuple[float, float]:
        rows = self._rows(batch)
        start = time.process_time()
        prepared = self.part.prepare(rows)
        between = time.process_time()
        results = self.part.score(prepared)
        end = time.process_time()
        self._check(results, rows)
        return end - between, between - start

    def _rows(self, count: int) -> list[Row]:
        self.next_row += count
        return make_rows(self.next_row - count, count)

    def _check(self, results: Any, rows: list[Row]) -> None:
        if self.part.values(results) != [float(row.right) for row in rows]:
            raise RuntimeError(f"{self.part.__name__} does not give the rewards of plain Python")


WORKERS = 2
WARM_UP = {"tiny": 1024, "burning": 4, "sleeping": 4}
"""How many samples are run before the clock: workers are started and have met the grader, and how long it takes is known."""


class Executor:
    """Times one executor, whose workers stay warm between the questions."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.next_row = 0
        self.opened: Any = None
        self.run: Any = None

    def start(self) -> dict[str, float]:
        """Seconds from making the executor to its first result: wall, and CPU of this process and of those it started and ended."""
        self.close()
        wall, cpu = time.perf_counter(), _cpu_of_all()
        self._open()
        self._once("tiny", 0, 1)
        wall = time.perf_counter() - wall
        self.close()
        return {"wall_s": wall, "cpu_s": _cpu_of_all() - cpu}

    def time(self, work: str, amount: float, count: int, seconds: float) -> dict[str, float]:
        """The least over the repeats that begin within `seconds`, workers warm: wall and CPU of this process, us a sample, and `idle`, the
        share of the workers' time in which none of them had a sample at hand (only where the work says how long it took).
        """
        if self.run is None:
            self._open()
        self._once(work, amount, min(count, WARM_UP[work]))
        runs: list[dict[str, float]] = []
        until = time.monotonic() + seconds
        while not runs or time.monotonic() < until:
            runs.append(self._once(work, amount, count))
        return {name: min(run[name] for run in runs) for name in runs[0]}

    def close(self) -> dict[str, float]:
        """End the workers."""
        if self.opened is not None:
            self.opened.__exit__(None, None, None)
        self.opened = self.run = None
        return {}

    def _open(self) -> None:
        self.opened = self.part.executor(WORKERS)
        self.run = self.opened.__enter__()

    def _once(self, work: str, amount: float, count: int) -> dict[str, float]:
        rows = make_rows(self.next_row, count)
        self.next_row += count
        wall, cpu = time.perf_counter(), time.process_time()
        results = self.run(work, rows, amount)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        figures = {"wall_us": 1e6 * wall / count, "parent_us": 1e6 * cpu / count}
        if work != "tiny":
            return {**figures, "idle": 1 - sum(results) / (WORKERS * wall)}
        if [bool(value) for value in results] != [row.right for row in rows]:
            raise RuntimeError(f"{self.part.__name__} does not give the results of plain Python")
        return figures


def _cpu_of_all() -> float:
    """CPU seconds of this process and of its ended children."""
    times = os.times()
    return sum(times[:4])


if __name__ == "__main__":
    main(sys.argv[1])
