"""What the overview of runs calls the models of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rewardkit.runs import RunInfo
from rewardkit.runs.viewing.overview import model_of


def info(config: Mapping[str, Any]) -> RunInfo:
    return RunInfo(
        verb="eval", name="demo", config=config, config_hash="", versions={}, fingerprints={}, seed=0
    )


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        (
            {"models": {"a-tiny": {"model": "a/tiny"}, "answer": {"model": "python:s.py:answer"}}},
            "a-tiny, answer",
        ),
        ({"model": "models/tiny/"}, "tiny"),
    ],
)
def test_several_models_are_listed_by_the_names_of_their_stages(
    config: Mapping[str, Any], shown: str
) -> None:
    assert model_of(info(config)) == shown
