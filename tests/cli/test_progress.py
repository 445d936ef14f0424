"""The bar of `grade` and `eval` costs nothing beside a cheap grader."""

from __future__ import annotations

import time

import pytest

from rewardkit.cli.scoring import progress
from rewardkit.errors import GuardStop


def test_hearing_of_every_score_costs_microseconds() -> None:
    with progress("grading", quiet=True) as report:
        began = time.process_time()
        for done in range(20_001):
            report(done, 20_000)
    assert time.process_time() - began < 0.4  # 20 us each; the rate told each time takes 100 us


def test_ctrl_c_says_how_to_go_on() -> None:
    with (
        pytest.raises(GuardStop, match="the same command goes on from there"),
        progress("grading", quiet=True),
    ):
        raise KeyboardInterrupt
