"""RAFT in two processes on the CPU: each samples its share, and both train on the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from several_processes import ended, start
from training_projects import GRADERS, RAFT, project, read

from rewardkit.trainer import run

pytestmark = pytest.mark.slow

# What each process grades is written down, and the weights that each ends a round with.
GRADED = GRADERS.replace(
    "    return",
    '    import os\n    with open("graded." + os.environ.get("RANK", "alone"), "a") as file:\n        print(completion, file=file)\n    return',
)
SCRIPT = """
import hashlib, os, sys
from transformers import TrainerCallback, trainer
from rewardkit.cli import main

class Look(TrainerCallback):
    def on_train_end(self, args, state, control, model=None, **_):
        digest = hashlib.sha256()
        for weights in model.parameters():
            digest.update(weights.detach().numpy().tobytes())
        with open("model." + os.environ["RANK"], "a") as file:
            print(digest.hexdigest(), file=file)

trainer.DEFAULT_CALLBACKS.append(Look)
main(sys.argv[1:])
"""
TEXT = RAFT.replace("rounds = 4", "rounds = 2").replace("k = 2", "k = 2\nbatch_size = 8")
ONE_ROUND = TEXT.replace("rounds = 2", "rounds = 1")


def test_two_processes_draw_what_one_would_and_train_alike(tmp_path: Path, model: Path) -> None:
    home = tmp_path / "two"
    project(home, model, run=TEXT, graders=GRADED)
    (home / "train.py").write_text(SCRIPT)
    first, second = ended(start(2, ["train.py", "train", "run.toml", "--untested"], home))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    folder = home / "runs" / "letters"
    lines = read(folder / "metrics.jsonl")
    assert [(line["step"], line["generated"]) for line in lines] == [(1, 48), (2, 96)]
    weights = [(home / f"model.{rank}").read_text().split() for rank in (0, 1)]
    assert weights[0] == weights[1]
    assert len(set(weights[0])) == 2  # two rounds
    graded = [(home / f"graded.{rank}").read_text().splitlines() for rank in (0, 1)]
    assert all(len(texts) > 24 for texts in graded)
    one = project(tmp_path / "one", model, run=ONE_ROUND)
    alone = read(run(one, untested=True, runs_dir=tmp_path / "runs") / "metrics.jsonl")
    drawn = {key: value for key, value in lines[0].items() if key != "loss"}
    assert drawn == {key: value for key, value in alone[0].items() if key != "loss"}


def test_the_same_global_batch_gives_the_same_weights_in_one_process_and_two(
    tmp_path: Path, model: Path
) -> None:
    from safetensors.torch import load_file

    # As many rows as make whole batches: accelerate fills an incomplete one up with rows of its beginning.
    # All completions are one batch, so the second process draws none of them.
    even = (
        RAFT.replace("rounds = 4", "rounds = 1")
        .replace("accept = 0.5", "accept = 0.34")
        .replace("most = 2", "most = 1")
    )
    found = []
    for count in (1, 2):
        home = tmp_path / str(count)
        batch = f"[raft.sft]\nper_device_train_batch_size = {2 // count}"
        project(home, model, run=even.replace("[raft.sft]", batch))
        done = ended(start(count, ["-m", "rewardkit", "train", "run.toml", "--untested"], home))
        assert {one.code for one in done} == {0}, done[0].err
        folder = home / "runs" / "letters"
        assert read(folder / "metrics.jsonl")[0]["kept"] % 2 == 0
        found.append(load_file(folder / "checkpoints" / "final" / "model.safetensors"))
    one, two = found
    assert all(one[name].allclose(two[name], atol=1e-5) for name in one)
