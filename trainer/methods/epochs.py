"""When a warm start is enough: the graders look at the validation rows after each epoch, and the best epoch's model goes on.

An epoch is better when any grader's mean on sampled completions is higher than ever before; after `patience` epochs of which none was,
the warm start ends. The best epoch is that with the highest reward, of equals by the other graders, then the earliest. What each epoch reached
stands in checkpoints/sft.json. Held-out rows take no part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from rewardkit.evaluating.answers import ItemScorer
from rewardkit.evaluating.loop import Plan
from rewardkit.evaluating.models import Model
from rewardkit.grader import Grader
from rewardkit.guard import Guard
from rewardkit.runs import files
from rewardkit.samples import Sample

from ..drawing import draw
from ..ranks import Ranks
from ..settings.config import RunFile
from .fitting import last_whole
from .policies import Policy, save_policy

Means = Mapping[str, float | None]
"""The mean score of each grader on the validation rows, the reward's first; None where nothing was scored."""
Measure = Callable[[Model], Means]


class Epochs:
    """What each epoch reached, in `record`: the first entry is the base model's. The best one's model is in `work`/best."""

    def __init__(self, record: Path, work: Path, patience: int) -> None:
        self._record = record
        self._work = work
        self._patience = patience
        self.means: list[Means] = []

    @property
    def folder(self) -> Path:
        """The model of the best epoch."""
        return self._work / "best"

    def resume(self) -> list[Means]:
        """What is known, without the epochs after the last whole checkpoint, which are taken again. On rank 0 only."""
        known = json.loads(self._record.read_text(encoding="utf-8")) if self._record.is_file() else []
        found = last_whole(self._work)
        state = (
            {} if found is None else json.loads((found / "trainer_state.json").read_text(encoding="utf-8"))
        )
        return list(known[: 1 + math.ceil(state.get("epoch", 0))])  # the last epoch may be a part of one

    def write(self) -> None:
        """Keep what is known. On rank 0 only."""
        files.write_json(self._record, self.means)

    @property
    def best(self) -> int:
        """The best epoch, counted from 1."""
        return best_epoch(self.means[1:])

    @property
    def enough(self) -> bool:
        """Whether the last `patience` epochs brought nothing."""
        return epochs_without_gain(self.means[1:]) >= self._patience

    def told(self) -> str:
        """One line: which epoch was enough, and what the reward was before and after each."""
        name = next(iter(self.means[0]))
        before, *after = (_shown(means[name]) for means in self.means)
        figures = f"'{name}' on the validation rows: {before} before, then {', '.join(after)}"
        if self.best == len(after) and not self.enough:
            return f"warm start: still better after epoch {self.best}, the last that [sft] num_train_epochs allows ({figures})"
        return f"warm start: enough after epoch {self.best} ({figures})"

    def warning(self) -> str:
        """That no epoch was better than the base model for the reward; else nothing."""
        name = next(iter(self.means[0]))
        before, after = self.means[0][name], self.means[self.best][name]
        if before is None or after is None or after > before:
            return ""
        return (
            f"the warm start did not raise '{name}' on the validation rows ({_shown(before)} before, {_shown(after)} after its best epoch): "
            "without [sft] the training would start from a model that is as good"
        )


class EpochCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Measures when the checkpoint of an epoch is saved, and stops when it is enough; must come before the callback that marks it whole."""

    def __init__(self, epochs: Epochs, measure: Measure, tokenizer: Any, ranks: Ranks) -> None:
        self._epochs = epochs
        self._measure = measure
        self._tokenizer = tokenizer
        self._ranks = ranks

    def on_save(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """All processes measure their share, and decide alike."""
        epochs, policy = self._epochs, Policy(model, self._tokenizer)
        epochs.means.append(self._measure(policy.as_model("validation")))
        if epochs.best == len(epochs.means) - 1:
            self._ranks.first(lambda: save_policy(policy, epochs.folder))
        self._ranks.first(epochs.write)
        if epochs.enough:
            control.should_training_stop = True


def best_epoch(means: Sequence[Means]) -> int:
    """The epoch, counted from 1, with the highest reward, of equals by the other graders in order, then the earliest."""
    keys = [tuple(-1e18 if value is None else value for value in one.values()) for one in means]
    return keys.index(max(keys)) + 1


def epochs_without_gain(means: Sequence[Means]) -> int:
    """How many of the last epochs were better than all before them for no grader."""
    highest: dict[str, float] = {}
    since = 0
    for one in means:
        risen = {
            name: value
            for name, value in one.items()
            if value is not None and value > highest.get(name, float("-inf"))
        }
        highest |= risen
        since = 0 if risen else since + 1
    return since


def measure_on(
    run: RunFile,
    validation: Sequence[Sample],
    graders: Sequence[Grader],
    plan: Plan,
    scorer: ItemScorer,
    ranks: Ranks,
) -> Measure:
    """A function that asks a model about the validation rows, as the evaluation samples, and gives each grader's mean.

    It raises GuardStop when too many answers cannot be scored, before anything is decided by the rest.
    """

    def measure(model: Model) -> Means:
        drawn = draw(model, validation, graders[0], plan, scorer, ranks, beside=graders[1:])
        Guard(run.config.guard.unscored_limit, run.config.guard.window).look(drawn.results)
        return {grader.name: drawn.mean(grader) for grader in graders}

    return measure


def _shown(mean: float | None) -> str:
    return "none" if mean is None else f"{mean:.3f}"
