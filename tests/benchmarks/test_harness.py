"""benchmarks/harness.py without the peers, on a twentieth of the rows: what it measures is there and adds up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).resolve().parents[2] / "benchmarks" / "harness.py"


@pytest.mark.slow
def test_overhead_and_memory_of_grading_are_measured() -> None:
    command = [sys.executable, HARNESS, "--quick", "--json", "--peers", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(done.stdout.splitlines()[-1])
    assert 5 < found["grader_us"] < 40
    assert found["grader_us"] < found["overhead_us"] < 2000  # mostly the start, at 5,000 rows
    assert 20 < found["workers_mb"] < found["peak_mb"] < 300


@pytest.mark.soak
def test_a_completion_costs_at_most_100_us_around_its_grader_and_memory_stays_under_1_gb() -> None:
    command = [sys.executable, HARNESS, "--json", "--peers", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["overhead_us"] <= 100
    assert max(found["peak_mb"], found["peak_1kb_mb"]) < 1000
