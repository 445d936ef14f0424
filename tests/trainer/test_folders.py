"""The run folder of a training."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_projects import project
from writing import WriteFile

from rewardkit.errors import ConfigError
from rewardkit.trainer.folders import open_folder
from rewardkit.trainer.jobs import prepare
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.settings.config import load_config

GRADERS = """
from rewardkit import reward

@reward(files=("letter",))
def letters(completion: str, letter: str) -> float:
    return completion.count(letter) / max(len(completion), 1)
"""


def test_a_training_is_not_resumed_on_another_content_of_a_file_that_rows_name(
    write: WriteFile, tmp_path: Path
) -> None:
    write("a", "the rows' letter is the name of this file")
    write("empty/config.json", "{}")
    job = prepare(load_config(project(tmp_path / "p", tmp_path / "empty", graders=GRADERS)), untested=True)
    for _ in range(2):
        open_folder(job, tmp_path / "runs" / "mine", Ranks()).close()
    write("a", "another content")
    with pytest.raises(
        ConfigError, match="run 'mine' was started differently: 'a', which rows name, has changed"
    ):
        open_folder(job, tmp_path / "runs" / "mine", Ranks())
