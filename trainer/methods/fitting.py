"""Run one TRL trainer to its end, from its last whole checkpoint if there is one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from rewardkit.errors import CannotWrite, ConfigError, GuardStop
from rewardkit.runs import RunFolder

from ..ranks import Ranks
from ..reporting import Reporter
from ..watching.health import HealthCallback
from .callbacks import WHOLE, StepCallback
from .saving import saving


def fit(
    trainer: Any,
    work: Path,
    phase: str,
    folder: RunFolder | None,
    reporter: Reporter,
    ranks: Ranks,
    *,
    health: HealthCallback | None = None,
) -> None:
    """Train; metrics go to `folder` (None drops them), checkpoints to `work`. ConfigError when no step was taken.

    GuardStop when `health` finds the training past hope; None looks only at whether its numbers are finite. Steps that were logged after the last whole checkpoint are taken again, so their lines are removed first.
    """
    from transformers.trainer_callback import PrinterCallback

    def resumed() -> Path | None:
        found = last_whole(work)
        if folder is not None:
            folder.truncate_metrics(phase, step_of(found))
        return found

    checkpoint = ranks.first(resumed)
    if checkpoint is not None:
        reporter.say(f"resuming {phase} from step {step_of(checkpoint)} of {_steps_in_all(checkpoint)}")
    health = health or HealthCallback(phase, None)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(health)
    trainer.add_callback(StepCallback(phase, folder, reporter, ranks))
    trainer._save_checkpoint = partial(_save, trainer._save_checkpoint, work)
    try:
        with ranks.missed():
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    except GuardStop as stopped:
        ranks.together(partial(_stop, stopped))  # so that all of them know that rank 0 says it
    ranks.together(lambda: _check(phase, trainer.state.global_step, health.stopped))


def last_whole(work: Path) -> Path | None:
    """The newest complete checkpoint; folders that a kill left incomplete are removed."""
    found = {step_of(path): path for path in work.glob("checkpoint-*")}
    for path in found.values():
        if not (path / WHOLE).is_file():
            shutil.rmtree(path)
    whole = [step for step, path in found.items() if path.is_dir()]
    return found[max(whole)] if whole else None


def step_of(checkpoint: Path | None) -> int:
    """The step after which a checkpoint was written; 0 for none."""
    return 0 if checkpoint is None else int(checkpoint.name.rpartition("-")[2])


def _save(save: Callable[..., None], work: Path, *arguments: Any) -> None:
    """A checkpoint for which there is no room ends the training as a full disk does elsewhere; its beginning is removed, which makes some."""
    try:
        with saving(work):
            save(*arguments)
    except CannotWrite:
        last_whole(work)
        raise


def _stop(error: GuardStop) -> NoReturn:
    raise error


def _check(phase: str, steps: int, sick: str | None) -> None:
    if sick is not None:
        raise GuardStop(sick)
    if steps == 0:
        raise ConfigError(
            f"{phase}: no step was taken; the data set gives no whole batch. Lower per_device_train_batch_size or raise max_steps"
        )


def _steps_in_all(checkpoint: Path) -> int:
    """How many steps the training has that wrote a checkpoint."""
    return int(json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))["max_steps"])
