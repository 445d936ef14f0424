"""Names of stages: short, and no two alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import ConfigError
from rewardkit.evaluating.models import ModelSpec
from rewardkit.evaluating.stages import stage_names


def test_a_model_is_called_by_its_short_name() -> None:
    specs = [ModelSpec("models/tiny"), ModelSpec("org/m", "http://h:1/v1"), ModelSpec("s.py", function="f")]
    assert stage_names(specs) == ["tiny", "m", "f"]


def test_folders_of_one_name_have_their_parent_in_front() -> None:
    assert stage_names([ModelSpec("a/final"), ModelSpec("b/final"), ModelSpec("c/x")]) == [
        "a-final",
        "b-final",
        "x",
    ]


def test_parents_go_up_as_far_as_needed() -> None:
    specs = [ModelSpec("a/checkpoints/final"), ModelSpec("b/checkpoints/final")]
    assert stage_names(specs) == ["a-checkpoints-final", "b-checkpoints-final"]


def test_one_model_at_two_hosts_has_the_host_in_front() -> None:
    specs = [ModelSpec("m", "http://one:1/v1"), ModelSpec("m", "http://two:2/v1")]
    assert stage_names(specs) == ["one-1-m", "two-2-m"]


def test_functions_of_one_name_have_their_file_in_front(tmp_path: Path) -> None:
    specs = [ModelSpec(str(tmp_path / f"{name}.py"), function="answer") for name in ("one", "two")]
    assert stage_names(specs) == ["one-answer", "two-answer"]


def test_a_model_that_is_given_twice_is_an_error() -> None:
    with pytest.raises(ConfigError, match="model 'a/final' is given twice"):
        stage_names([ModelSpec("a/final"), ModelSpec("a/final")])
