"""What happens at the steps of a training: its metrics go into the run folder, checkpoints are marked whole, the guard looks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from rewardkit.guard import Guard, Window
from rewardkit.runs import RunFolder
from rewardkit.scores import Score

from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.rewards import PREFIX

WHOLE = "whole"
"""The file that marks a checkpoint as completely written. A kill while one is saved leaves a folder without it."""

_NAMES = {
    "reward": "reward",
    "reward_std": "reward_std",
    "frac_reward_zero_std": "saturated",
    f"{PREFIX}/unscored": "unscored",
    f"{PREFIX}/unique": "unique",
    f"{PREFIX}/true_reward": "true_reward",
    f"{PREFIX}/generated": "generated",
    f"{PREFIX}/resampled": "resampled",
    f"{PREFIX}/sft_loss": "sft_loss",
    "completions/mean_length": "length",
    "completions/clipped_ratio": "truncated",
    "loss": "loss",
    "learning_rate": "learning_rate",
    "entropy": "entropy",
    "grad_norm": "grad_norm",
    "kl": "kl",
    "mean_token_accuracy": "token_accuracy",
}
"""TRL's name -> ours. Seconds, and what was reused, differ between identical runs: those go into times.jsonl."""

_COMPONENT = f"{PREFIX}/component/"


def metrics_of(phase: str, step: int, logs: Mapping[str, Any]) -> dict[str, Any]:
    """A line of metrics.jsonl from what TRL logs; a quantity that is missing or not a number is left out."""
    known = {_NAMES[key]: float(value) for key, value in logs.items() if key in _NAMES and _is_number(value)}
    parts = {
        key.removeprefix(_COMPONENT): float(value)
        for key, value in logs.items()
        if key.startswith(_COMPONENT) and _is_number(value)
    }
    return {"phase": phase, "step": step, **known, **({"components": parts} if parts else {})}


class StepCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Writes each step's metrics, tells the reporter, and marks checkpoints."""

    def __init__(self, phase: str, folder: RunFolder | None, reporter: Reporter, ranks: Ranks) -> None:
        self._phase = phase
        self._folder = folder
        self._reporter = reporter
        self._ranks = ranks

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Append a line; the summary that ends a training has no step of its own."""
        if not logs or "train_runtime" in logs:
            return
        line = metrics_of(self._phase, state.global_step, logs)
        if self._folder is not None:
            self._folder.append_metrics([line])
        key = "reward" if "reward" in line else "loss"
        if key in line:
            self._reporter.progress(self._phase, state.global_step, state.max_steps, f"{key} {line[key]:.3f}")

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The checkpoint of this step is complete once every process has written its random state into it."""
        self._ranks.wait()
        if self._folder is not None:
            self._folder.force_to_disk()
        if self._ranks.leads:
            (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()


class GuardCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Stops the training when too many completions are unscored, or the judge's budget is spent; what it saw last is not saved.

    The window holds the completions of all processes, on each of them, so all stop at the same step.
    """

    def __init__(self, window: Window[Score], limit: float) -> None:
        self.window = window
        self.allowed = Guard(limit, window.size).allowed
        self.stopped_at: int | None = None

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Look at the window after each optimiser step."""
        if self.window.unscored > self.allowed or self.window.budget_spent:
            self.stopped_at = state.global_step
            control.should_training_stop = True
            control.should_save = False  # a resumed run repeats these steps with a grader that works


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
