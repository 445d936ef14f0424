"""One training in a process of its own, and what it and all processes below it had used at the beginning of each step.

    python -m training_parts.child ours|bare RUN.toml WORK_FOLDER

`ours` is `rewardkit train`. `bare` gives TRL's own trainer a plain Python function that computes the same rewards: same model, settings, order
of prompts and checkpoints. Prints one JSON object: lists by step of `cpu` (seconds), `rss` (bytes), `wall` (seconds), `probe`, CPU seconds of a piece
of Python that is the same at every step (in none of the others), and `layer`, CPU seconds spent in our reward, callbacks and worker processes, for the
bare training in its function; `layer: NAME` is the same of one part of it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rewardkit.evaluating.huggingface import use_few_threads
from training_parts.probe import fixed_work
from training_parts.project import letters

use_few_threads()

from transformers import PrinterCallback, TrainerCallback, trainer  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Clock(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Looks at the process and those below it before each step of GRPO."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()  # CPU seconds by part of the layer
        self.probed = self.probed_wall = 0.0
        self.steps: dict[str, list[float]] = {"cpu": [], "rss": [], "wall": [], "probe": [], "layer": []}
        self.parts: list[Counter[str]] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.look()

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.look()

    def look(self) -> None:
        """Add a reading."""
        own, (below, rss) = os.times(), _below(os.getpid())
        self.spent["workers"] = below + own.children_user + own.children_system
        self.steps["cpu"].append(own.user + own.system + self.spent["workers"] - self.probed)
        self.steps["wall"].append(time.perf_counter() - self.probed_wall)
        self.steps["rss"].append(rss + int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE)
        self.steps["probe"].append(self.probed)
        self.steps["layer"].append(sum(self.spent.values()))
        self.parts.append(Counter(self.spent))
        began, began_wall = time.process_time(), time.perf_counter()
        fixed_work()
        self.probed += time.process_time() - began
        self.probed_wall += time.perf_counter() - began_wall

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose CPU time in this process counts as ours."""

        def timing(*args: Any, **keywords: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **keywords)
            finally:
                self.spent[function.__qualname__] += time.process_time() - began

        return timing


def train_ours(run: Path, work: Path, clock: Clock) -> None:
    """`rewardkit train`, with its layers on the clock."""
    from rewardkit.trainer import run as train
    from rewardkit.trainer.methods.callbacks import GuardCallback, StepCallback
    from rewardkit.trainer.methods.group_trainer import GroupTrainer
    from rewardkit.trainer.reward.rewards import TrainingReward
    from rewardkit.trainer.watching.checks import CheckCallback
    from rewardkit.trainer.watching.completion_log import CompletionLog
    from rewardkit.trainer.watching.gathering import Gathered
    from rewardkit.trainer.watching.health import HealthCallback
    from rewardkit.trainer.watching.timing import TimesCallback

    for kind, name in (
        (TrainingReward, "__call__"),
        (GroupTrainer, "_chosen"),
        (GroupTrainer, "_rollouts"),
        (GroupTrainer, "_remember"),
        (CompletionLog, "hear"),
        (Gathered, "hear"),
        (TimesCallback, "on_step_end"),
        (HealthCallback, "on_pre_optimizer_step"),
        (HealthCallback, "on_log"),
        (StepCallback, "on_log"),
        (StepCallback, "on_save"),
        (GuardCallback, "on_step_end"),
        (CheckCallback, "on_save"),
    ):
        setattr(kind, name, clock.timed(getattr(kind, name)))
    trainer.DEFAULT_CALLBACKS.append(clock)
    train(run, untested=True, runs_dir=work)


def train_bare(run: Path, work: Path, clock: Clock) -> None:
    """TRL's trainer and a plain function."""
    from datasets import Dataset
    from trl import GRPOTrainer

    from rewardkit.samples import read_samples
    from rewardkit.trainer.methods.grpo import prompts_needed
    from rewardkit.trainer.methods.policies import load_policy, quiet
    from rewardkit.trainer.rows.data import grpo_rows, training_order
    from rewardkit.trainer.settings.arguments import grpo_arguments
    from rewardkit.trainer.settings.config import load_config

    def reward(completions: list[Any], letter: list[str], **_: Any) -> list[float]:
        return [letters(turns[-1]["content"], one) for turns, one in zip(completions, letter, strict=True)]

    with quiet():
        file = load_config(run)
        policy, settings = load_policy(file), grpo_arguments(file, work)
        samples = list(read_samples(file.config.data.train))
        order = training_order(len(samples), prompts_needed(settings, len(samples)), file.config.seed)
        prompts = [row["prompt"] for row in grpo_rows(samples, "", chat=policy.chat)]
        rows = [{"prompt": prompts[i], "letter": samples[i].columns["letter"]} for i in order]
        learner = GRPOTrainer(
            model=policy.model,
            reward_funcs=[clock.timed(reward)],
            args=settings,
            train_dataset=Dataset.from_list(rows),
            processing_class=policy.tokenizer,
            callbacks=[clock],
        )
        learner.remove_callback(PrinterCallback)
        learner.train()


def _below(pid: int) -> tuple[float, int]:
    """CPU seconds of the processes below one, with those that they waited for, and their resident bytes."""
    cpu, rss = 0.0, 0
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                cpu += sum(map(int, fields[11:15])) / _TICKS
                rss += int(fields[21]) * _PAGE
                more, further = _below(int(child))
                cpu, rss = cpu + more, rss + further
        except OSError:  # it has just ended
            continue
    return cpu, rss


def main() -> None:
    kind, run, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    clock = Clock()
    (train_ours if kind == "ours" else train_bare)(run, work, clock)
    parts = {f"layer: {name}": [spent[name] for spent in clock.parts] for name in clock.spent}
    print(json.dumps({**clock.steps, **parts}))


if __name__ == "__main__":
    main()
