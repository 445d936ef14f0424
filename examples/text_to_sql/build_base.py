"""Builds the offline base model of this example in models/bikeshare (about two CPU-minutes, once; cached afterwards).

Run from the project root: `python examples/text_to_sql/build_base.py`. The model is pre-trained on questions answered by an
imperfect teacher (FLAWS in queries.py): it can write SQL, and keeps making the same mistakes. None of the questions in the
committed data files is among them.
"""

import argparse
import os
from pathlib import Path

# Idle threads spin otherwise, and starve whatever runs beside.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from make_data import committed_prompts, pretraining_pairs
from rich.progress import Progress, TaskID

from rewardkit.trainer.tiny import TinyConfig, pretrain

FOLDER = Path("models/bikeshare")
PAIRS = 24_000
CONFIG = TinyConfig(steps=1000)


def build(folder: Path = FOLDER, *, threads: int = 1, seed: int = 0) -> Path:
    """The folder of the pre-trained base model; returns at once when it is there."""
    import torch

    torch.set_num_threads(threads)
    pairs = pretraining_pairs(PAIRS, committed_prompts())
    with Progress(transient=True) as bar:
        task: TaskID = bar.add_task("pre-training the base model", total=CONFIG.steps)

        def show(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step)
            if not bar.console.is_terminal and step % (steps // 10) == 0:  # a pipe or CI shows no bar
                print(f"pre-training the base model: {step * 100 // steps} %, loss {loss:.3f}", flush=True)

        return pretrain(pairs, folder, config=CONFIG, seed=seed, progress=show)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--threads", type=int, default=1, help="raise it only on an idle machine")
    options = parser.parse_args()
    print(f"base model in {build(options.folder, threads=options.threads)}")
