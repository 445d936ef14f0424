"""Which checkpoint a training resumes from."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

from rewardkit.trainer.methods.callbacks import WHOLE, metrics_of
from rewardkit.trainer.methods.fitting import last_whole


def checkpoint(work: Path, step: int, *, whole: bool) -> Path:
    folder = work / f"checkpoint-{step}"
    folder.mkdir()
    (folder / "model.safetensors").touch()
    if whole:
        (folder / WHOLE).touch()
    return folder


def test_the_newest_whole_checkpoint_is_taken(tmp_path: Path) -> None:
    checkpoint(tmp_path, 9, whole=True)
    newest = checkpoint(tmp_path, 10, whole=True)
    assert last_whole(tmp_path) == newest


def test_one_that_a_kill_left_incomplete_is_removed(tmp_path: Path) -> None:
    before = checkpoint(tmp_path, 9, whole=True)
    torn = checkpoint(tmp_path, 10, whole=False)
    assert last_whole(tmp_path) == before
    assert not torn.exists()


def test_without_any_a_training_begins_at_the_start(tmp_path: Path) -> None:
    assert last_whole(tmp_path) is None


def test_a_quantity_that_is_missing_or_no_number_is_left_out() -> None:
    logs = {"reward": None, "frac_reward_zero_std": 0.5, "rewardkit/component/parses": 0.25, "epoch": 1.0}
    assert metrics_of("rft", 3, logs) == {
        "phase": "rft",
        "step": 3,
        "saturated": 0.5,
        "components": {"parses": 0.25},
    }
