"""A training of two processes on the CPU: what each does, and what happens when one fails or is killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from several_processes import PATIENCE, Ended, ended, start
from training_projects import FOLDED, RUN, folded, project, read

from rewardkit import Run
from rewardkit.runs import read_summary
from rewardkit.trainer import run

pytestmark = pytest.mark.slow

# Workers inherit RANK and the current folder of the process of the training, which is their parent.
GRADERS = """
import os
from rewardkit import Unscored, reward

@reward
def letters(completion: str, letter: str, prompt: str, sample: dict) -> float:
    rank = os.environ.get("RANK", "alone")  # not a global: the fingerprints of the processes would differ
    with open(f"graded.{rank}", "a") as file:
        print(os.getppid(), sample["id"], file=file)
    if rank == "1" and sample["id"].startswith("t") and os.path.exists("broken"):
        raise Unscored("the judge is away", cause="judge_unavailable")
    return completion.count(letter) / max(len(completion), 1)
"""
ALONE = (
    RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")
    .replace("k = 2", "k = 2\nbatch_size = 8")
    .replace("save_steps = 2", "save_steps = 1")
    .replace("5e-3", "1e-3")
) + "\n[guard]\nunscored_limit = 0.25\nwindow = 16\nwait = 0\n"
TWO = ALONE.replace("per_device_train_batch_size = 16", "per_device_train_batch_size = 8")
TRAIN = ["train", "run.toml", "--untested"]
# The command line, in a process whose model is looked at when a training ends.
SCRIPT = """
import hashlib, os, sys
from pathlib import Path
from transformers import TrainerCallback, trainer
from rewardkit.cli import main

class Look(TrainerCallback):
    def on_train_end(self, args, state, control, model=None, **_):
        digest = hashlib.sha256()
        for weights in model.parameters():
            digest.update(weights.detach().numpy().tobytes())
        Path("model." + os.environ["RANK"]).write_text(f"{state.global_step} {digest.hexdigest()}")

trainer.DEFAULT_CALLBACKS.append(Look)
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The run folder of a training of two processes, started by torchrun."""
    home = tmp_path_factory.mktemp("two")
    project(home, model, run=TWO, graders=GRADERS)
    done = launched(home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("runs/letters/report.html") == 1  # only rank 0 prints
    assert done.stderr.count("base: letters greedy") == 1
    assert "base greedy (rank 0 of 2)" in done.stderr
    return home / "runs" / "letters"


def launched(home: Path) -> subprocess.CompletedProcess[str]:
    """The training of two processes in that folder, started by torchrun."""
    torchrun = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        "-m",
        "rewardkit",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "FORCE_COLOR": "1"}  # for the bars
    return subprocess.run(
        [*torchrun, *TRAIN],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def graded(home: Path, rank: object) -> tuple[set[str], list[str]]:
    """Which processes called a rank's grader, and the samples it graded."""
    lines = [line.split() for line in (home / f"graded.{rank}").read_text().splitlines()]
    return {parent for parent, _ in lines}, [sample for _, sample in lines]


def lines_of(folder: Path, name: str, stage: str) -> list[bytes]:
    mark = f'"stage":"{stage}"'.encode()
    return [line for line in (folder / name).read_bytes().splitlines() if mark in line]


def weights(folder: Path) -> str:
    return hashlib.sha256((folder / "checkpoints" / "final" / "model.safetensors").read_bytes()).hexdigest()


def test_each_process_scores_its_own_share(trained: Path) -> None:
    (parents_0, samples_0), (parents_1, samples_1) = (graded(trained.parents[1], rank) for rank in (0, 1))
    assert len(parents_0) == len(parents_1) == 1
    assert parents_0 != parents_1
    held_0, held_1 = ({s for s in samples if s.startswith("h")} for samples in (samples_0, samples_1))
    assert held_0 == {f"h{i}" for i in range(10, 18)}  # two batches of 8 sampled completions
    assert held_1 == {f"h{i}" for i in range(18, 22)}  # one
    assert {s for s in samples_0 if s.startswith("t")}
    assert {s for s in samples_1 if s.startswith("t")}


def test_the_run_folder_is_that_of_one_run(trained: Path) -> None:
    assert [line["step"] for line in read(trained / "metrics.jsonl")] == [1, 2, 3, 4, 5, 6]
    assert len(read(trained / "results.jsonl")) == 2 * 12 * 3
    assert (trained / "report.html").is_file()
    assert {row.name for row in read_summary(trained).stages} == {"base", "rft"}
    assert not list(trained.glob("*.rank*.jsonl"))


def test_the_completions_of_both_processes_are_recorded_in_one_file_a_step(trained: Path) -> None:
    rows = Run.open(trained).rollouts.project("step, place, sample").fetchall()
    assert [(step, place) for step, place, _ in rows] == [(s, p) for s in range(1, 7) for p in range(16)]
    graded_here, graded_there = ({*graded(trained.parents[1], rank)[1]} for rank in (0, 1))
    assert {sample for _, place, sample in rows if place < 8} <= graded_here
    assert {sample for _, place, sample in rows if place >= 8} <= graded_there
    assert {line["step"] for line in read(trained / "notable.jsonl")} == set(range(1, 7))
    assert [line["step"] for line in read(trained / "times.jsonl")] == [1, 2, 3, 4, 5, 6]


def test_the_evaluation_of_the_base_is_byte_for_byte_that_of_one_process(
    trained: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    alone = ALONE.replace("max_steps = 6", "max_steps = 1")
    path = project(tmp_path, model, run=alone, graders=GRADERS)
    single = run(path, untested=True)
    for name in ("results.jsonl", "generations.jsonl"):
        assert lines_of(trained, name, "base") == lines_of(single, name, "base")
        assert lines_of(trained, name, "base")


def test_two_processes_train_in_folds_and_measure_the_base_as_one_does(model: Path, tmp_path: Path) -> None:
    text = FOLDED.replace("folds = 3", "folds = 2").replace("max_steps = 4", "max_steps = 1")
    folded(tmp_path / "two", model, run=text)
    done = launched(tmp_path / "two")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("no [data] heldout: the 12 rows") == 1
    two = tmp_path / "two" / "runs" / "letters"
    one = run(folded(tmp_path / "one", model, run=text), untested=True, runs_dir=tmp_path / "one" / "runs")
    assert lines_of(two, "results.jsonl", "base") == lines_of(one, "results.jsonl", "base")
    assert len(lines_of(two, "results.jsonl", "rft")) == 12 * 3
    assert (two / "checkpoints" / "final").is_dir()


@pytest.mark.soak
def test_killed_broken_mended_it_ends_as_if_nothing_had_happened(
    trained: Path, model: Path, tmp_path: Path
) -> None:
    project(tmp_path, model, run=TWO, graders=GRADERS)
    (tmp_path / "train.py").write_text(SCRIPT)
    folder = tmp_path / "runs" / "letters"

    first, second = killed_after_a_checkpoint(tmp_path, folder)
    assert (first.code, second.code) == (3, -signal.SIGKILL), first.err
    assert "another process of this training has ended" in first.err

    (tmp_path / "broken").touch()
    first, second = ended(start(2, ["train.py", *TRAIN], tmp_path))
    assert (first.code, second.code) == (3, 3), first.err + second.err
    assert "8 of the last 16 completions could not be scored (allowed: 4): judge_unavailable (8)" in first.err
    assert "stopped" not in second.err
    (tmp_path / "broken").unlink()

    first, second = ended(start(2, ["train.py", *TRAIN], tmp_path))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "resuming rft from step" in first.err
    assert second.err == ""
    assert (tmp_path / "model.0").read_text() == (tmp_path / "model.1").read_text()
    assert weights(folder) == weights(trained)
    for name in ("results.jsonl", "generations.jsonl", "metrics.jsonl"):
        assert (folder / name).read_bytes() == (trained / name).read_bytes()


@pytest.mark.soak
def test_a_training_that_is_past_hope_is_stopped_on_all_and_told_once(model: Path, tmp_path: Path) -> None:
    project(tmp_path, model, run=TWO.replace("1e-3", "1e30"), graders=GRADERS)
    first, second = ended(start(2, ["-m", "rewardkit", *TRAIN], tmp_path))
    assert (first.code, second.code) == (3, 3), first.err + second.err
    assert "stopped at step 2 of rft: the gradient is not finite" in first.err
    assert "stopped at step" not in second.err


@pytest.mark.soak
def test_an_interrupt_of_all_is_told_once(model: Path, tmp_path: Path) -> None:
    project(tmp_path, model, run=TWO, graders=GRADERS)
    processes = start(2, ["-m", "rewardkit", *TRAIN], tmp_path)
    wait_for_a_checkpoint(tmp_path / "runs" / "letters")
    for process in processes:  # as Ctrl-C does
        process.send(signal.SIGINT)
    first, second = ended(processes)
    assert (first.code, second.code) == (3, 3), first.err + second.err
    assert first.err.count("stopped: interrupted; what is done is kept") == 1
    assert "stopped" not in second.err


HANGING = """
import os, time
from rewardkit import reward

@reward(timeout=1)
def letters(completion: str, letter: str, sample: dict) -> float:
    if os.environ["RANK"] == "1" and sample["id"].startswith("t") and "b" in completion:
        time.sleep(3600)
    return completion.count(letter) / max(len(completion), 1)
"""


def test_a_grader_that_hangs_on_one_process_is_stopped_long_before_the_others_give_up(
    model: Path, tmp_path: Path
) -> None:
    # An hour, and the other process would wait for 280 s at most: no longer than what scoring may take at worst is allowed.
    text = TWO.replace("max_steps = 6", "max_steps = 2\nddp_timeout = 280")
    text = text.replace("unscored_limit = 0.25", "unscored_limit = 1.0").replace("k = 2", "k = 1")
    project(tmp_path, model, run=text, graders=HANGING)
    first, second = ended(start(2, ["-m", "rewardkit", *TRAIN], tmp_path))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    lines = read(tmp_path / "runs" / "letters" / "metrics.jsonl")
    assert [line["step"] for line in lines] == [1, 2]
    assert all(0 < line["unscored"] <= 0.5 for line in lines)


def killed_after_a_checkpoint(home: Path, folder: Path) -> list[Ended]:
    """Rank 1 gets SIGKILL in the middle of GRPO; rank 0 must end by itself."""
    processes = start(2, ["train.py", *TRAIN], home)
    wait_for_a_checkpoint(folder)
    processes[1].kill()
    return ended(processes)


def wait_for_a_checkpoint(folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not list(folder.glob("checkpoints/rft-steps/checkpoint-*/whole")) and time.monotonic() < until:
        time.sleep(0.02)
