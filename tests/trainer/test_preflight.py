"""What sampled rewards say before a training begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.runs import Result
from rewardkit.trainer.preflight.advice import advise
from rewardkit.trainer.preflight.probe import Probe, measured

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


def test_full_marks_everywhere_ask_for_harder_prompts() -> None:
    full = replace(GOOD, saturated=1.0, lowest=1.0, highest=1.0)
    with pytest.raises(ConfigError, match=r"1, which is full marks: .* harder prompts"):
        advise(full, unscored_limit=0.05, certain=True)


def test_the_lowest_everywhere_asks_for_a_warm_start() -> None:
    nothing = replace(GOOD, saturated=1.0, lowest=0.0, highest=0.0)
    with pytest.raises(ConfigError, match=r"the lowest that the grader gives, .* a warm start \(\[sft\]\)"):
        advise(nothing, unscored_limit=0.05, certain=True)


def test_a_reward_that_follows_length_is_warned_of_unless_it_may() -> None:
    longer = replace(GOOD, by_length=0.9)
    [warning] = advise(longer, unscored_limit=0.05, certain=True)
    assert warning.startswith(
        "the longer of two completions of a prompt gets the higher reward nearly always"
    )
    assert advise(longer, unscored_limit=0.05, certain=True, length_aware=True) == []


def results(*groups: list[tuple[str, float | None]]) -> list[Result]:
    return [
        Result("preflight", "sampled", f"q{number}", place, "g", "f", text, value)
        for number, group in enumerate(groups)
        for place, (text, value) in enumerate(group)
    ]


def test_spread_and_length_are_measured_within_prompts() -> None:
    # Between prompts the longer ones get less; within a prompt they get more.
    found = measured(
        results([("a", 0.8), ("aa", 0.9), ("aaa", 1.0)], [("a" * 7, 0.0), ("a" * 8, 0.1), ("a" * 9, 0.2)]),
        3,
        truncated=0.0,
    )
    assert found.by_length == pytest.approx(1.0)
    assert found.spread == pytest.approx(0.0816, abs=1e-4)
    assert (found.lowest, found.highest) == (0.0, 1.0)


def test_unscored_completions_take_no_part_in_the_correlation() -> None:
    found = measured(results([("a", 1.0), ("aa", None), ("aaa", 0.0), ("b", 1.0)]), 4, truncated=0.0)
    assert found.by_length == pytest.approx(-1.0)
    assert found.unscored == 0.25


def test_without_differences_there_is_no_correlation() -> None:
    assert measured(results([("a", 1.0), ("aa", 1.0)]), 2, truncated=0.0).by_length is None
