"""A run killed with SIGKILL at random moments and started again ends with the same bytes as one that was left alone."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rewardkit.runs import read_results

pytestmark = pytest.mark.slow

# Appends 400 results in batches of 7, as a run does: what is there is skipped, an unfinished batch is given again whole.
WRITER = """
import sys
from rewardkit.runs import RunFolder
from rewardkit.runs.records import Result

fields = {"stage": "m", "decoding": "given", "repeat": 0, "grader": "g", "fingerprint": "f", "value": 0.5}
rows = [Result(sample=f"q{i}", completion="text \\ud800 " * (i % 90), **fields) for i in range(400)]
with RunFolder.open(sys.argv[1], "killed", "grade", {"k": 1}, versions={}, fingerprints={}, seed=0) as folder:
    print("ready", flush=True)
    for start in range(0, len(rows), 7):
        folder.append_results(rows[start : start + 7])
        folder.add_seconds("grade", 0.001)
"""


def start(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE)


def test_killed_again_and_again_nothing_is_lost_and_nothing_double(tmp_path: Path) -> None:
    assert start(tmp_path / "whole").wait() == 0
    rng = random.Random(3)
    kills = 0
    while (process := start(tmp_path / "torn")).stdout is not None and kills < 12:
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        process.stdout.close()
        if process.returncode == 0:
            break
    else:
        assert process.wait() == 0
    assert kills > 0
    torn, whole = (root / "killed" / "results.jsonl" for root in (tmp_path / "torn", tmp_path / "whole"))
    assert torn.read_bytes() == whole.read_bytes()
    assert len({result.key for result in read_results(torn.parent)}) == 400
