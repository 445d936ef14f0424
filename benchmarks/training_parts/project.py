"""The training that is measured: the demo's size of model, completions of one fixed length, a grader of a few microseconds."""

from __future__ import annotations

import json
import random
from pathlib import Path

from rewardkit.trainer.tiny import TinyConfig, pretrain

TOKENS = 32  # of every completion: no end token is allowed before, so that both trainings do the same work whatever they sample
COMPLETIONS = 96  # a step, in groups of 8: those of the demo
GRADERS = '''
from rewardkit import reward


@reward
def letters(completion: str, letter: str) -> float:
    """The share of a letter."""
    return completion.count(letter) / max(len(completion), 1)
'''
RUN = """
name = "measured"
model = "model"
grader = "graders.py:letters"

[data]
train = "train.jsonl"
heldout = "heldout.jsonl"

[grpo]
learning_rate = 1e-5
max_steps = {steps}
num_generations = 8
per_device_train_batch_size = {completions}
max_completion_length = {tokens}
generation_kwargs = {{ min_new_tokens = {tokens} }}
save_steps = {save_steps}

[eval]
k = 1
limit = 4
max_tokens = 4

[preflight]
prompts = 4
k = 2
"""


def letters(completion: str, letter: str) -> float:
    """What the grader does, for the training without rewardkit."""
    return completion.count(letter) / max(len(completion), 1)


def base(folder: Path) -> Path:
    """A model of about 300,000 weights that answers with letters. Some seconds."""
    draw = random.Random(0)
    pairs = [(f"say {i}", "".join(draw.choice("abc") for _ in range(8))) for i in range(64)]
    return pretrain(pairs, folder, config=TinyConfig(steps=30, batch=32))


def write(folder: Path, steps: int, save_steps: int) -> Path:
    """The project in a folder that holds its model already; the path of its RUN.toml."""
    for name, numbers in (("train", range(48)), ("heldout", range(100, 104))):
        rows = [{"id": f"{name}{i}", "prompt": f"say {i}", "letter": "a"} for i in numbers]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "graders.py").write_text(GRADERS)
    path = folder / "run.toml"
    text = RUN.format(steps=steps, completions=COMPLETIONS, tokens=TOKENS, save_steps=save_steps)
    path.write_text(text)
    return path
