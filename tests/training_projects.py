"""A whole training project in a folder: a model of 20,000 weights, a grader that wants the letter a, a RUN.toml."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warm_processes import Warm

from rewardkit.trainer.tiny import TinyConfig, pretrain

GRADERS = """
from rewardkit import partial_credit, reward

@reward
def letters(completion: str, letter: str) -> float:
    return completion.count(letter) / max(len(completion), 1)
"""

FAILING_LATER = """
from pathlib import Path
from rewardkit import Unscored, reward

@reward(cache=False)  # it looks at something besides its arguments
def letters(completion: str, letter: str) -> float:
    if Path("broken").exists():
        raise Unscored("the judge is away", cause="judge_unavailable")
    return completion.count(letter) / max(len(completion), 1)
"""
"""A grader that finds no judge once a file `broken` is in the current folder."""

RUN = """
name = "letters"
model = "model"
grader = "graders.py:letters"

[data]
train = "train.jsonl"
heldout = "heldout.jsonl"
expert = "expert.jsonl"
validation = "validation.jsonl"
slice = "part"

[sft]
learning_rate = 1e-3
num_train_epochs = 2

[grpo]
learning_rate = 5e-3
max_steps = 6
num_generations = 4
per_device_train_batch_size = 16
max_completion_length = 8
save_steps = 2
loss_type = "dr_grpo"
scale_rewards = "none"

[eval]
k = 2

[preflight]
prompts = 4
"""

RAFT = """
name = "letters"
model = "model"
grader = "graders.py:letters"
method = "raft"

[data]
train = "train.jsonl"
heldout = "heldout.jsonl"

[raft]
rounds = 4
num_generations = 8
max_completion_length = 12
accept = 0.5
most = 2

[raft.sft]
learning_rate = 5e-3
num_train_epochs = 4

[eval]
k = 2

[preflight]
prompts = 4
"""


FOLDED = """
name = "letters"
model = "model"
grader = "graders.py:letters"

[data]
train = "train.jsonl"
folds = 3

[grpo]
learning_rate = 5e-3
max_steps = 4
num_generations = 4
per_device_train_batch_size = 16
max_completion_length = 8
save_steps = 2
loss_type = "dr_grpo"
scale_rewards = "none"

[eval]
k = 2

[preflight]
prompts = 4
"""


class Heard:
    """A reporter that keeps the lines of a run."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Keep nothing of it."""


def pretrained(folder: Path) -> Path:
    """A model that answers any prompt with about six letters out of a, b and c. About two seconds."""
    draw = random.Random(0)
    pairs = [(f"say {i}", "".join(draw.choice("abc") for _ in range(6))) for i in range(64)]
    config = TinyConfig(vocabulary=270, hidden=32, layers=1, heads=2, context=64, steps=40, batch=16)
    return pretrain(pairs, folder, config=config)


def project(folder: Path, model: Path, *, run: str = RUN, graders: str = GRADERS) -> Path:
    """Write the project and give the path of its RUN.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(model, folder / "model", dirs_exist_ok=True)
    (folder / "graders.py").write_text(graders, encoding="utf-8")
    (folder / "run.toml").write_text(run, encoding="utf-8")
    rows(folder / "train.jsonl", [_row("t", i) for i in range(6)])
    rows(
        folder / "heldout.jsonl",
        [{**_row("h", i), "part": "odd" if i % 2 else "even"} for i in range(10, 22)],
    )
    rows(folder / "validation.jsonl", [_row("v", i) for i in range(30, 34)])
    rows(folder / "expert.jsonl", [{**_row("e", i), "gold": "aaabaa"} for i in range(40, 43)])
    return folder / "run.toml"


def training(path: Path) -> Warm:
    """`rewardkit train` of that RUN.toml in a process of its own, with `runs` beside it."""
    return Warm(["-m", "rewardkit", "train", path.name, "--untested"], path.parent)


def folded(folder: Path, model: Path, *, count: int = 12, run: str = FOLDED, graders: str = GRADERS) -> Path:
    """The project of somebody with `count` labelled rows, all of them in train.jsonl."""
    path = project(folder, model, run=run, graders=graders)
    for name in ("heldout", "validation", "expert"):
        (folder / f"{name}.jsonl").unlink()
    rows(folder / "train.jsonl", [_row("t", i) for i in range(count)])
    return path


def rows(path: Path, values: Sequence[dict[str, Any]]) -> None:
    """Write a JSONL file."""
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")


def read(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(kind: str, number: int) -> dict[str, Any]:
    return {"id": f"{kind}{number}", "prompt": f"say {number}", "letter": "a"}
