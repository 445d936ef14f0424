"""A training killed with SIGKILL at random moments and started again gives the rewards of one that was left alone."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from training_projects import RUN, project, read, training

pytestmark = pytest.mark.slow

LONGER = RUN.replace("max_steps = 6", "max_steps = 12").replace("save_steps = 2", "save_steps = 3")
KILLS = 2


def kill_after_lines(path: Path, lines: int, delay: float) -> bool:
    """Kill the training `delay` seconds after its folder has that many further lines; False when it ended before."""
    process = training(path)
    goal = written(path) + lines
    while process.poll() is None and written(path) < goal:
        time.sleep(0.005)
    time.sleep(delay)
    if process.poll() is not None:
        assert process.ended().code == 0
        return False
    process.kill()
    return True


def written(path: Path) -> int:
    folder = path.parent / "runs" / "letters"
    files = [folder / name for name in ("results.jsonl", "metrics.jsonl")]
    return sum(file.read_bytes().count(b"\n") for file in files if file.is_file())


def outcome(path: Path) -> dict[str, Any]:
    folder = path.parent / "runs" / "letters"
    summary = json.loads((folder / "summary.json").read_text())
    return {
        "metrics": read(folder / "metrics.jsonl"),
        "results": read(folder / "results.jsonl"),
        "checks": read(folder / "checks.jsonl"),
        "notable": read(folder / "notable.jsonl"),
        "rollouts": {file.name: file.read_bytes() for file in folder.glob("rollouts/*")},
        "stages": summary["stages"],
        "comparisons": summary["comparisons"],
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, model: Path) -> dict[str, Any]:
    path = project(tmp_path_factory.mktemp("undisturbed") / "p", model, run=LONGER)
    assert training(path).ended().code == 0
    return outcome(path)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 12))])
def test_a_killed_training_ends_as_if_it_had_not_been(
    seed: int, tmp_path: Path, model: Path, undisturbed: dict[str, Any]
) -> None:
    draw = random.Random(seed)
    path = project(tmp_path / "p", model, run=LONGER)
    kills = 0
    while kill_after_lines(path, draw.randint(1, 12), draw.uniform(0, 0.2)) and kills < KILLS:
        kills += 1
    assert kills, "no kill hit the training"
    assert training(path).ended().code == 0
    ended = outcome(path)
    assert ended["metrics"] == undisturbed["metrics"]
    assert ended["results"] == undisturbed["results"]
    assert ended["checks"] == undisturbed["checks"]
    assert [line["step"] for line in ended["checks"]] == [3, 6, 9, 12]
    assert ended["notable"] == undisturbed["notable"]
    assert ended["rollouts"] == undisturbed["rollouts"]
    assert sorted(ended["rollouts"]) == [f"rft-{step:06d}.parquet" for step in range(1, 13)]
    assert (ended["stages"], ended["comparisons"]) == (undisturbed["stages"], undisturbed["comparisons"])
