"""benchmarks/training.py on a few steps: what it measures is there and adds up; on many, what our layer may cost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "benchmarks" / "training.py"


def measured(*options: str, patience: int) -> dict[str, Any]:
    pytest.importorskip("trl")
    command = [sys.executable, TRAINING, "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_the_layer_the_grader_and_the_growth_of_a_training_are_measured() -> None:
    found = measured("--quick", patience=600)
    assert 0 < found["grader_ms"] < found["layer_ms"] < found["ours_ms"]
    assert found["ours_ms"] == pytest.approx(found["bare_ms"] * (1 + found["overhead"]), rel=1e-3)
    assert found["growth"]["steps"] == 8
    parts = found["growth"]["parts_ms"]
    assert {"TrainingReward.__call__", "CompletionLog.hear", "workers"} <= set(parts)
    for fifth in (0, 1):
        assert sum(part[fifth] for part in parts.values()) == pytest.approx(
            found["growth"]["layer_ms"][fifth], abs=0.1
        )


@pytest.mark.soak
def test_a_training_costs_at_most_3_percent_more_and_does_not_grow() -> None:
    found = measured(patience=3600)
    assert found["overhead"] <= 0.03
    assert found["layer"] <= 0.05
    assert abs(found["growth"]["memory"] - found["growth"]["memory_bare"]) < 0.05
    assert (
        found["growth"]["layer"] - found["growth"]["probe"] < 0.15
    )  # what the machine itself slows left out
