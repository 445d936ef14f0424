"""What the scorer costs per completion, as ratios against a bare loop and against the standard library's process pool in the same run.

    python benchmarks/scorer.py [--items 4096] [--rounds 5]

CPU time of this process (`parent`) is the figure to trust on a shared machine; wall time shows what a caller waits.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rewardkit import Item, Scorer, collect

GRADERS = {g.name: g for g in collect([str(Path(__file__).with_name("cheap_graders.py"))])}


def last_token(completion: str, reference: str) -> float:
    """The same work as the graders, as a plain function."""
    return 1.0 if completion.split()[-1] == reference else 0.0


def measure(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The least wall and CPU seconds of this process over the rounds; the first, cold round is left out."""
    work()
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rows = [("word " * 60 + str(n % 7), str(n % 5)) for n in range(options.items)]
    items = [Item(completion, {"reference": reference}) for completion, reference in rows]
    completions, references = zip(*rows, strict=True)
    with Scorer(workers=2) as scorer, ProcessPoolExecutor(2) as pool:
        work: dict[str, Callable[[], object]] = {
            "bare loop": lambda: [last_token(*row) for row in rows],
            "inline": lambda: scorer.score(GRADERS["last_token_inline"], items),
            "process": lambda: scorer.score(GRADERS["last_token_process"], items),
            "ProcessPoolExecutor, chunks of 64": lambda: list(
                pool.map(last_token, completions, references, chunksize=64)
            ),
            "ProcessPoolExecutor, one by one": lambda: list(pool.map(last_token, completions, references)),
        }
        measured = {name: measure(job, options.rounds) for name, job in work.items()}
    floor = measured["bare loop"]
    print(f"{'':36}{'wall us/item':>14}{'parent us/item':>16}{'x wall':>9}{'x parent':>10}")
    for name, (wall, cpu) in measured.items():
        per = 1e6 / options.items
        print(f"{name:36}{wall * per:14.2f}{cpu * per:16.2f}{wall / floor[0]:9.1f}{cpu / floor[1]:10.1f}")
    print(json.dumps({name: {"wall": wall, "parent": cpu} for name, (wall, cpu) in measured.items()}))


if __name__ == "__main__":
    main()
