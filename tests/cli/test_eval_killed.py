"""`rewardkit eval` of a local model, killed with SIGKILL in the middle of its writing, ends in the bytes of one that was left alone."""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from tiny_models import PROMPTS, tiny_model
from warm_processes import Warm
from writing import WriteFile

pytestmark = pytest.mark.slow

GRADERS = """
    from rewardkit import Component, Score, reward

    @reward(isolation="inline")
    def same(completion: str, reference: str) -> bool:
        return completion == reference

    @reward
    def short(completion: str) -> Score:
        return Score(1 / (1 + len(completion)), (Component("one word", float(" " not in completion)),))
"""


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    rows = [{"id": f"s{n}", "prompt": prompt, "reference": "one"} for n, prompt in enumerate(PROMPTS)]
    folder = write("tiny.jsonl", "".join(json.dumps(row) + "\n" for row in rows)).parent
    tiny_model(folder / "tiny")
    return folder


def command(run: str) -> list[str]:
    options = ["--k", "32", "--max-tokens", "16", "--batch-size", "8", "--run", run]
    return ["eval", "-m", "tiny", "-d", "tiny.jsonl", "-g", "graders.py", *options]


def started(run: str, folder: Path) -> Warm:
    return Warm(["-m", "rewardkit", *command(run)], folder)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def killed_once(project: Path, whole: int, randomly: random.Random) -> bool:
    """Start the run, kill it up to 50 ms after its results have grown by a random share of what they lack; False when it was done before.

    One kill in eight falls on the start, before anything is written.
    """
    results = project / "runs" / "torn" / "results.jsonl"
    there = size(results)
    wanted = there + randomly.uniform(0, 0.4) * (whole - there) if randomly.random() > 1 / 8 else there
    process = started("torn", project)
    while size(results) < wanted and process.poll() is None:
        time.sleep(0.002)
    time.sleep(randomly.uniform(0, 2 if wanted == there else 0.05))
    process.kill()
    return process.poll() == -signal.SIGKILL


def kept(run: Path) -> dict[str, Any]:
    """What a run must end in, however often it was killed.

    Not the seconds, nor how many scores were reused: whether it is worth it is decided by the clock, and a killed process takes its count along.
    """
    names = ("results.jsonl", "samples.jsonl", "generations.jsonl")
    summary = json.loads((run / "summary.json").read_text())
    del summary["seconds"], summary["reused"]
    return {**{name: (run / name).read_bytes() for name in names}, "summary.json": json.dumps(summary)}


@pytest.mark.parametrize(("kills", "seed"), [(3, 1), pytest.param(50, 2, marks=pytest.mark.soak)])
def test_an_eval_killed_again_and_again_ends_in_the_same_bytes(project: Path, kills: int, seed: int) -> None:
    assert started("whole", project).ended().code == 0
    whole, torn = project / "runs" / "whole", project / "runs" / "torn"
    randomly, hit, ends = random.Random(seed), 0, 0
    while hit < kills:
        hit += killed_once(project, size(whole / "results.jsonl"), randomly)
        if size(torn / "results.jsonl") == size(whole / "results.jsonl"):
            assert started("torn", project).ended().code == 0
            assert kept(torn) == kept(whole)
            shutil.rmtree(torn)
            ends += 1
    assert started("torn", project).ended().code == 0
    assert kept(torn) == kept(whole)
    print(f"\n{hit} kills, {ends + 1} runs of {len(PROMPTS) * 32} completions")


def test_a_second_process_on_a_run_that_is_written_ends_with_code_2(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    first = started("torn", project)
    while not size(project / "runs" / "torn" / "results.jsonl") and first.poll() is None:
        time.sleep(0.002)
    first.send(signal.SIGSTOP)  # or it might be done before the second one has begun
    second = rewardkit(*command("torn"))
    first.send(signal.SIGCONT)
    assert (second.code, second.out) == (2, "")
    assert (
        "runs/torn: another process is writing this run; wait for it, or use another --run name" in second.err
    )
    assert first.ended().code == 0
