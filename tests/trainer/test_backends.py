"""Trackers: a name that is none or is not installed is said before a model is loaded; what they write lies in the run folder."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from training_projects import RUN, project

from rewardkit.errors import ConfigError
from rewardkit.trainer import run
from rewardkit.trainer.folders import _deciding
from rewardkit.trainer.settings import arguments
from rewardkit.trainer.settings.backends import BACKENDS, logs_under
from rewardkit.trainer.settings.config import load_config

pytest.importorskip("trl")

SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "").replace(
    "max_steps = 6", "max_steps = 4"
)


def installed(name: str) -> bool:
    return any(importlib.util.find_spec(package) for package in BACKENDS[name])


def reporting(value: str) -> str:
    return SHORT.replace("[grpo]", f"[grpo]\nreport_to = {value}")


def refused(folder: Path, value: str) -> str:
    (folder / "empty").mkdir()
    path = project(folder / "p", folder / "empty", run=reporting(value))
    with pytest.raises(ConfigError) as caught:
        arguments.check_tables(load_config(path))
    return str(caught.value)


def test_a_tracker_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    message = refused(tmp_path, '["none", "tensorbord"]')
    assert (
        "run.toml:15: report_to = 'tensorbord' in [grpo]; allowed: none, trackio, tensorboard, wandb."
        in message
    )
    assert "Did you mean 'tensorboard'?" in message


MISSING = [name for name in BACKENDS if not installed(name)]


@pytest.mark.skipif(not MISSING, reason="every tracker is installed")
def test_a_tracker_that_is_not_installed_comes_with_the_line_that_installs_it(tmp_path: Path) -> None:
    message = refused(tmp_path, f'"{MISSING[0]}"')
    assert (
        f"needs the package '{MISSING[0]}', which is not installed. Install it with: pip install {MISSING[0]}"
        in message
    )


def test_trackers_write_into_the_run_folder_and_know_the_stage_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANDB_RUN_ID", raising=False)
    monkeypatch.setenv("WANDB_DIR", "/elsewhere")
    seen = []
    for phase in ("rft", "rft", "sft"):
        with logs_under(tmp_path, phase, ["wandb"]):
            seen.append(os.environ["WANDB_RUN_ID"])
            assert os.environ["TENSORBOARD_LOGGING_DIR"] == f"{tmp_path}/logs/tensorboard/{phase}"
            assert os.environ["WANDB_DIR"] == "/elsewhere"  # what somebody has set stays
    assert seen[0] == seen[1] != seen[2]
    assert "WANDB_RUN_ID" not in os.environ


def test_nothing_is_made_where_nothing_is_reported(tmp_path: Path) -> None:
    with logs_under(tmp_path, "rft", []):
        assert list(tmp_path.iterdir()) == []


def test_a_tracker_may_be_added_to_a_run_that_has_begun() -> None:
    table = {"max_steps": 4}
    assert _deciding({"grpo": {**table, "report_to": "wandb"}}) == _deciding({"grpo": table})


class Interrupts:
    """Ends the training in the middle, as Ctrl-C does."""

    def say(self, text: str) -> None:
        pass

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        if (stage, done) == ("rft", 3):
            raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.skipif(not installed("tensorboard"), reason="tensorboard is not installed")
def test_tensorboard_has_the_steps_of_a_training_that_was_interrupted(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, model: Path
) -> None:
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    path = project(tmp_path, model, run=reporting('"tensorboard"'))
    with pytest.raises(KeyboardInterrupt):
        run(path, untested=True, runs_dir=tmp_path / "runs", reporter=Interrupts())
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    events = reader.EventAccumulator(str(folder / "logs" / "tensorboard" / "rft"))
    events.Reload()
    assert {event.step for event in events.Scalars("train/reward")} == {1, 2, 3, 4}
    assert "train/rewardkit/unique" in events.Tags()["scalars"]
