"""A grader that can be gamed is caught twice, on the command line: before a training by its tests, and in one by the grader that is held out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from training_projects import read, rows
from warm_processes import Ended, Warm

GRADERS = '''
from rewardkit import case, reward


@case("ab", reference="ab", expect=[0.5, 1])
@case("ccc", reference="ab", expect=[0, 0.4])
@reward
def wordy(completion: str, reference: str) -> float:
    """Half the marks for the answer, half for taking trouble."""
    return 0.5 * (reference in completion) + 0.5 * min(1.0, len(completion) / 16)


@case("Answer: ab", reference="ab", expect=1)
@case("ccc", reference="ab", expect=0)
@reward
def polite(completion: str, reference: str) -> bool:
    """The answer, which everybody begins like that."""
    return "Answer:" in completion


@case("ab", reference="ab", expect=1)
@case("ccc", reference="ab", expect=0)
@reward
def strict(completion: str, reference: str) -> bool:
    """The answer and nothing else."""
    return completion.strip() == reference
'''
RUN = """
name = "gamed"
model = "model"
grader = "graders.py:wordy"

[data]
train = "train.jsonl"
heldout = "heldout.jsonl"

[grpo]
learning_rate = 1e-2
max_steps = 12
num_generations = 4
per_device_train_batch_size = 48
max_completion_length = 16
save_steps = 4
loss_type = "dr_grpo"
scale_rewards = "none"

[guard]
holdout = "graders.py:strict"
stop_on_checks = true

[eval]
k = 1

[preflight]
prompts = 4
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without its model."""
    (tmp_path / "graders.py").write_text(GRADERS)
    (tmp_path / "run.toml").write_text(RUN)
    for name, numbers in (("train", range(24, 60)), ("heldout", range(4))):
        rows(
            tmp_path / f"{name}.jsonl",
            [{"id": f"{name}{i}", "prompt": f"say {i}", "reference": "ab"} for i in numbers],
        )
    return tmp_path


def rewardkit(folder: Path, *arguments: str) -> Ended:
    return Warm(["-m", "rewardkit", *arguments], folder).ended()


@pytest.mark.slow
@pytest.mark.parametrize("grader", ["wordy", "polite"], ids=["pays for length", "pays for a keyword"])
def test_before_a_training_its_tests_fail_and_it_is_refused(grader: str, folder: Path) -> None:
    (folder / "run.toml").write_text(RUN.replace("wordy", grader))
    tested = rewardkit(folder, "test", "graders.py", "--data", "train.jsonl")
    assert tested.code == 1
    assert f"FAIL  {grader}" in tested.out
    assert "PASS  strict" in tested.out
    assert grader not in (folder / "graders.lock").read_text()
    refused = rewardkit(folder, "train", "run.toml")
    assert refused.code == 2
    assert f"'{grader}' (graders.py:" in refused.err
    assert "has not passed its tests; run: rewardkit test graders.py" in refused.err
    assert not (folder / "runs").exists()


@pytest.mark.slow
def test_untested_it_is_gamed_and_the_held_out_grader_stops_the_training(folder: Path, model: Path) -> None:
    shutil.copytree(model, folder / "model")
    stopped = rewardkit(folder, "train", "run.toml", "--untested")
    assert stopped.code == 3, stopped.err
    assert "as [guard] stop_on_checks in run.toml says: reward up (" in stopped.err
    assert "RK403 the reward rises and the hold-out does not" in stopped.err
    steps = read(folder / "runs" / "gamed" / "metrics.jsonl")
    assert len(steps) < 12
    assert steps[-1]["length"] > 1.1 * steps[0]["length"]  # what it has learned is to write more
