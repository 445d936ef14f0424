"""The same work for every harness: stored completions in a file, and a grader that costs as much CPU as it is told."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

GRADER = '''
from rewardkit import reward


@reward
def ends(completion: str, reference: str) -> bool:
    """Burns CPU, then looks at the end of the text."""
    for _ in range({loops}):
        pass
    return completion.endswith(reference)
'''


def ends(completion: str, reference: str, loops: int) -> bool:
    """What the grader of every harness does."""
    for _ in range(loops):
        pass
    return completion.endswith(reference)


def loops_for(seconds: float) -> int:
    """How many rounds of the loop take that much CPU time here, at the best of several tries."""
    loops = 200_000
    return round(seconds * loops / min(_seconds(loops) for _ in range(20)))


def seconds_a_call(loops: int, calls: int = 20_000) -> float:
    """The CPU time of one call by plain Python, the least of five repeats."""
    return min(_seconds(loops, calls) for _ in range(5)) / calls


def _seconds(loops: int, calls: int = 1) -> float:
    began = time.process_time()
    for _ in range(calls):
        ends("the answer is x", "x", loops)
    return time.process_time() - began


def write_rows(path: Path, count: int, characters: int) -> int:
    """So many different completions of that length, a third of them right; returns how many are right."""
    randomly, right = random.Random(7), 0
    with path.open("w") as file:
        for n in range(count):
            text = "".join(randomly.choices("etaoin shrdlu", k=characters - 1)) + randomly.choice("xyz")
            right += text.endswith("x")
            row = {"id": f"q{n}", "prompt": f"Question {n}?", "reference": "x", "completion": text}
            file.write(json.dumps(row) + "\n")
    return right
