"""RAFT and warm starts, killed with SIGKILL in the middle and started again, end with the weights of a run that was left alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from training_projects import RAFT, RUN, project, read, training

from rewardkit.trainer import run

pytestmark = pytest.mark.slow

LORA = "\n[lora]\nr = 4\n"
REPLAYED = RAFT.replace("most = 2", "most = 2\nreplay = true")
WARM = (
    RUN.replace("num_train_epochs = 2", "num_train_epochs = 8")
    .replace("max_steps = 6", "max_steps = 2")
    .replace("learning_rate = 1e-3", "learning_rate = 2e-3")
    .replace("[grpo]", '[warm_start]\non = "both"\naccept = 0.4\nstop = true\n\n[grpo]')
)
CONFIGS = {"raft": REPLAYED, "raft lora": RAFT + LORA, "warm start": WARM, "warm start lora": WARM + LORA}


def killed_when(path: Path, there: Callable[[Path], bool], delay: float = 0) -> bool:
    """Start the training, and kill it `delay` seconds after `there` is true of its checkpoints; False when it ended before."""
    process = training(path)
    checkpoints = path.parent / "runs" / "letters" / "checkpoints"
    while process.poll() is None and not there(checkpoints):
        time.sleep(0.001)
    time.sleep(delay)
    if process.poll() is not None:
        assert process.ended().code == 0
        return False
    process.kill()
    return True


def outcome(path: Path) -> dict[str, object]:
    folder = path.parent / "runs" / "letters"
    weights = sorted((folder / "checkpoints").glob("*/*.safetensors"))
    epochs = folder / "checkpoints" / "sft.json"
    return {
        "weights": {f"{file.parent.name}/{file.name}": file.read_bytes() for file in weights},
        "metrics": read(folder / "metrics.jsonl"),
        "checks": read(folder / "checks.jsonl"),
        "results": read(folder / "results.jsonl"),
        "epochs": epochs.read_text() if epochs.is_file() else None,
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Callable[[str], dict[str, object]]:
    """What each of the configurations ends with when nothing interrupts it."""
    known: dict[str, dict[str, object]] = {}

    def of(name: str) -> dict[str, object]:
        if name not in known:
            path = project(tmp_path_factory.mktemp("undisturbed") / "p", model, run=CONFIGS[name])
            run(path, untested=True, runs_dir=path.parent / "runs")
            known[name] = outcome(path)
        return known[name]

    return of


MOMENTS: dict[str, tuple[str, str]] = {
    "in the fine-tuning of a round": ("raft", "raft-steps/round-0002.json"),
    "in the sampling of a round": ("raft lora", "raft-steps/round-0002"),
    "before the first epoch": ("warm start", "sft-steps/accepted.json"),
    "between two epochs": ("warm start lora", "sft-steps/checkpoint-2/whole"),
}
"""What of a configuration must be there when it is killed."""


EVERY_DAY = ("in the sampling of a round", "between two epochs")  # the LoRA ones; the others in `make soak`


@pytest.mark.parametrize(
    "moment", [pytest.param(each, marks=() if each in EVERY_DAY else pytest.mark.soak) for each in MOMENTS]
)
def test_killed_it_ends_as_if_it_had_not_been(
    moment: str, tmp_path: Path, model: Path, undisturbed: Callable[[str], dict[str, object]]
) -> None:
    name, trace = MOMENTS[moment]
    path = project(tmp_path / "p", model, run=CONFIGS[name])
    assert killed_when(path, lambda folder: (folder / trace).exists())
    run(path, untested=True, runs_dir=path.parent / "runs")
    ended, expected = outcome(path), undisturbed(name)
    assert ended["metrics"] == expected["metrics"]
    assert ended == expected


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", [*CONFIGS])
def test_killed_at_random_moments_it_ends_as_if_it_had_not_been(
    name: str, seed: int, tmp_path: Path, model: Path, undisturbed: Callable[[str], dict[str, object]]
) -> None:
    draw = random.Random(f"{name} {seed}")
    path = project(tmp_path / "p", model, run=CONFIGS[name])
    kills = 0
    while killed_when(path, lambda folder: any(folder.glob("*-steps")), draw.uniform(0, 3)) and kills < 4:
        kills += 1
    run(path, untested=True, runs_dir=path.parent / "runs")
    assert outcome(path) == undisturbed(name)
