"""The floor: plain processes, each with its equal share of the rows from the start. No deadline, no stealing, a crash loses a share."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from scoring_parts import work as functions
from scoring_parts.rows import Row


@contextmanager
def executor(workers: int) -> Iterator[Callable[[str, list[Row], float], list[Any]]]:
    processes = [_Process() for _ in range(workers)]

    def run(work: str, rows: list[Row], amount: float) -> list[Any]:
        size = -(-len(rows) // workers)
        for n, process in enumerate(processes):
            share = rows[n * size : (n + 1) * size]
            process.send((work, [(row.completion, row.reference, amount) for row in share]))
        return [result for process in processes for result in process.receive()]

    try:
        yield run
    finally:
        for process in processes:
            process.end()


class _Process:
    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._shares, self._results = self._process.stdin, self._process.stdout

    def send(self, share: object) -> None:
        pickle.dump(share, self._shares)
        self._shares.flush()

    def receive(self) -> list[Any]:
        results: list[Any] = pickle.load(self._results)
        return results

    def end(self) -> None:
        self._shares.close()
        self._process.wait()
        self._results.close()


def serve() -> None:
    """One process: work off each share that arrives."""
    while True:
        try:
            work, share = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        function = getattr(functions, work)
        pickle.dump([function(*arguments) for arguments in share], sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
