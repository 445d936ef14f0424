"""A large run fits into little memory: opened, appended to, summarised and reported by a process whose peak is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak is read off /proc"),
]

# Completions of about 300 characters, three components each, 1 % unscored; prints the peak of the process in MB.
LARGE = """
import random, re, sys
from rewardkit.evaluating.summary import summarise
from rewardkit.runs import RunFolder, SampleRecord, result_of
from rewardkit.runs.report import write_report
from rewardkit.scores import Component, Score

rows, draw = int(sys.argv[2]), random.Random(0)
words = ["refund", "order", "policy", "section", "within", "days", "receipt", "sorry", "please", "thank"]

def result(index):
    parts = tuple(Component(name, draw.choice((0.0, 0.5, 1.0)), weight=0.25) for name in ("cites", "polite", "complete"))
    score = Score(sum(part.value for part in parts) / 3, parts) if index % 100 else Score.unscored("died", f"signal {index % 30}")
    place = {"stage": "grade", "decoding": "given", "repeat": 0, "grader": "reply", "fingerprint": "77ab01de"}
    return result_of(score, sample=f"ticket-{index}", completion=" ".join(draw.choices(words, k=48)), **place)

def opened():
    return RunFolder.open(sys.argv[1], "large", "grade", {}, versions={}, fingerprints={"reply": "77ab01de"}, seed=0)

for half in (range(rows // 2), range(rows)):
    with opened() as folder:
        for start in range(0, len(half), 500):
            batch = [result(index) for index in half[start : start + 500]]
            folder.append_samples(SampleRecord(sample=one.sample, prompt="Where is my order? " * 5) for one in batch)
            folder.append_results(batch)
        assert len(folder.done_keys()) == len(half)
with opened() as folder:
    folder.merge_results(units=((f"ticket-{index}", 0) for index in range(rows)))
    folder.write_summary({"stages": summarise(folder.iter_results(), pass_at=0.8)})
    write_report(folder.path)
status = open("/proc/self/status").read()  # getrusage counts what the process was before its exec, too
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) / 1024)
"""


def peak(root: Path, rows: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", LARGE, root, str(rows)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_5000_results_need_little_more_than_the_interpreter(tmp_path: Path) -> None:
    assert peak(tmp_path, 5_000) < 150


@pytest.mark.soak
def test_100_000_results_need_less_than_300_megabytes(tmp_path: Path) -> None:
    megabytes = peak(tmp_path, 100_000)
    print(f"\n100,000 results: {megabytes:.0f} MB at the peak")
    assert megabytes < 300
