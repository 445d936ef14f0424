"""What sampled rewards say before a training begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.trainer.preflight import Probe, advise

GOOD = Probe(prompts=4, k=8, mean=0.3, saturated=0.25, unscored=0.0, causes="", truncated=0.1, unique=0.9)


def test_differing_rewards_pass_without_a_word() -> None:
    assert advise(GOOD, unscored_limit=0.05, certain=True) == []


def test_nothing_to_learn_from_is_refused_with_what_to_change() -> None:
    with pytest.raises(ConfigError, match=r"all 4 groups .* partial credit .* num_generations"):
        advise(replace(GOOD, saturated=1.0), unscored_limit=0.05, certain=True)


def test_before_a_warm_start_it_is_a_warning() -> None:
    [warning] = advise(replace(GOOD, saturated=1.0), unscored_limit=0.05, certain=False)
    assert warning.endswith("the warm start may change that")


def test_too_many_unscored_stop_the_run_with_their_causes() -> None:
    with pytest.raises(GuardStop, match=r"50% of the sampled completions .*: timeout \(16\)"):
        advise(replace(GOOD, unscored=0.5, causes="timeout (16)"), unscored_limit=0.05, certain=True)


def test_cut_off_and_repeated_completions_are_warned_of() -> None:
    cut, repeated = advise(replace(GOOD, truncated=0.8, unique=0.2), unscored_limit=0.05, certain=True)
    assert "max_completion_length" in cut
    assert "temperature" in repeated
