"""Whether another process writes a run, asked without disturbing it."""

from __future__ import annotations

from pathlib import Path

import view_pages

from rewardkit.runs import RunFolder
from rewardkit.runs.writers import is_being_written


def test_a_run_that_another_process_has_open_is_being_written(tmp_path: Path) -> None:
    with view_pages.training(tmp_path) as training:
        assert is_being_written(tmp_path / "going") is True
        training.end()
        assert is_being_written(tmp_path / "going") is False


def test_a_folder_without_a_lock_is_not_being_written_and_gets_none(tmp_path: Path) -> None:
    assert is_being_written(tmp_path) is False
    assert list(tmp_path.iterdir()) == []


def test_asking_keeps_nobody_from_opening_the_run(tmp_path: Path) -> None:
    with view_pages.training(tmp_path):
        pass
    for _ in range(50):
        is_being_written(tmp_path / "going")
        RunFolder.open(
            tmp_path, "going", "train", {}, versions={}, fingerprints={"exact": "f0"}, seed=0
        ).close()
