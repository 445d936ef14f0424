"""What looking up a score costs, as ratios against a look-up in a dict and against a JSON and SHA-256 key in the same run.

    python benchmarks/cache.py [--quick] [--json]

CPU microseconds of this process, the least of several repeats. The last line with --json is one JSON object: operation -> microseconds.
A grader that costs less than a key and a look-up together is not worth keeping scores of: the limits in `scoring/reuse.py` come from here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rewardkit import Component, Score, reward
from rewardkit.grader import Grader
from rewardkit.scoring.cache import ScoreCache
from rewardkit.scoring.items import Values
from rewardkit.scoring.keys import key_of
from rewardkit.scoring.pool import OnScores
from rewardkit.scoring.reuse import Reuse
from rewardkit.scoring.score_file import ScoreFile, Scores

FINGERPRINT = "9f86d081884c7d65"
TWO_TEXTS = {
    "completion": "word " * 59 + "last\n",
    "reference": "other " * 49 + "last\n",
}  # 300 characters each
TWO_NAMES = {"completion": "the answer is 42", "reference": "forty-two"}  # short enough to be names of files
ONE_FILE = {"completion": "the answer is 42\n", "database": str(Path(__file__).resolve())}
TEN_MB = {"completion": "word " * 2_000_000}
RESULT: Scores = (Score(0.5, (Component("parses", 1.0, level=0.1), Component("runs", 0.5, level=1.0))),)
BATCH, IN_ONE, FLOOR, JSON_KEY = 64, 512, "dict look-up", "key: JSON + SHA-256, two texts"


@reward(isolation="inline")
def cheap(completion: str, reference: str) -> bool:
    """Costs nearly nothing."""
    return completion == reference


def json_key(values: Values) -> bytes:
    """The usual way."""
    return hashlib.sha256(json.dumps([FINGERPRINT, values], sort_keys=True).encode()).digest()


def keys_from(first: int, count: int) -> list[bytes]:
    """Keys that are spread as real ones are."""
    numbers = range(first, first + count)
    return [hashlib.blake2b(number.to_bytes(8, "little"), digest_size=16).digest() for number in numbers]


def plain(calls: Iterable[Values], on_scores: OnScores | None) -> list[Scores]:
    """Answers without grading, so that only what is around it is measured."""
    return [RESULT for _ in calls]


def through_reuse(reuse: Reuse, grader: Grader, calls: list[Values]) -> Callable[[], object]:
    """One batch, after enough of them to know that the grader is cheap."""
    for _ in range(10):
        reuse.score(grader, calls, plain)
    return lambda: reuse.score(grader, calls, plain)


def microseconds(work: Callable[[], object], per_call: int, repeats: int) -> float:
    """CPU time of one operation; `work` does `per_call` of them."""
    started = time.process_time()
    work()
    times = max(1, int(0.02 / max(time.process_time() - started, 1e-7)))
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - started)
    return best / times / per_call * 1e6


def measure(folder: Path, rows: int, repeats: int) -> dict[str, float]:
    """Microseconds of every operation, against a file of so many rows."""
    stored, absent = keys_from(0, rows), keys_from(10**9, IN_ONE)
    known = dict.fromkeys(stored, RESULT)
    memory = ScoreCache(most=rows)
    memory.put_many(known)
    file = ScoreFile(folder / "scores.sqlite")
    for start in range(0, rows, 10_000):
        file.put(dict.fromkeys(stored[start : start + 10_000], RESULT))
    step = max(1, rows // IN_ONE)
    some = stored[::step][:IN_ONE]
    fresh = iter(range(2 * 10**9, 4 * 10**9, BATCH))
    calls: list[Values] = [dict(TWO_TEXTS)] * BATCH
    operations: dict[str, tuple[Callable[[], object], int]] = {
        FLOOR: (lambda: [known[key] for key in some], IN_ONE),
        JSON_KEY: (lambda: json_key(TWO_TEXTS), 1),
        "key: two texts of 300": (lambda: key_of(FINGERPRINT, TWO_TEXTS), 1),
        "key: two names of no file": (lambda: key_of(FINGERPRINT, TWO_NAMES), 1),
        "key: the name of a file": (lambda: key_of(FINGERPRINT, ONE_FILE), 1),
        "key: 10 MB": (lambda: key_of(FINGERPRINT, TEN_MB), 1),
        "key: JSON + SHA-256, 10 MB": (lambda: json_key(TEN_MB), 1),
        "memory get": (lambda: memory.get_many(some), IN_ONE),
        "memory put": (lambda: memory.put_many(known), rows),
        "SQLite get, one by one": (lambda: [file.get([key]) for key in some], IN_ONE),
        f"SQLite get, {IN_ONE} together": (lambda: file.get(some), IN_ONE),
        "SQLite miss, one by one": (lambda: [file.get([key]) for key in absent], IN_ONE),
        f"SQLite miss, {IN_ONE} together": (lambda: file.get(absent), IN_ONE),
        f"SQLite put, {BATCH} together": (
            lambda: file.put(dict.fromkeys(keys_from(next(fresh), BATCH), RESULT)),
            BATCH,
        ),
        f"reuse of a cheap grader, batch of {BATCH}": (through_reuse(Reuse(), cheap, calls), BATCH),
        f"the same without reuse, batch of {BATCH}": (lambda: plain(calls, None), BATCH),
    }
    measured = {name: microseconds(work, count, repeats) for name, (work, count) in operations.items()}
    file.close()
    return measured


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows and repeats")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), *((5_000, 3) if options.quick else (100_000, 15)))
    print(f"{'':44}{'CPU us':>12}{'x dict':>12}{'x JSON key':>12}")
    for name, cost in measured.items():
        print(f"{name:44}{cost:12.3f}{cost / measured[FLOOR]:12.1f}{cost / measured[JSON_KEY]:12.2f}")
    if options.json:
        print(json.dumps({name: round(cost, 4) for name, cost in measured.items()}))


if __name__ == "__main__":
    main()
