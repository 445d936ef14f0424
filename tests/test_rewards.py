from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rewardkit import Component, Score, Unscored, reward
from rewardkit.errors import GraderError


@reward(isolation="inline")
def shout(completion: str, reference: str = "!") -> bool:
    """Full marks for an answer that ends in the reference."""
    return completion.endswith(reference)


def test_calling_a_grader_does_what_the_author_wrote() -> None:
    assert shout("hey!") is True
    assert shout("hey", reference="y") is True


def test_scoring_gives_a_score() -> None:
    assert shout.score("hey!") == Score(1.0)
    assert shout.score("hey", reference="y") == Score(1.0)


def test_a_grader_knows_its_name_place_and_documentation() -> None:
    assert (shout.name, shout.doc) == ("shout", "Full marks for an answer that ends in the reference.")
    assert shout.asks == ("completion",)
    assert shout.optional == ("reference",)
    assert "test_rewards.py:" in shout.where


def test_an_async_author_is_scored_like_any_other() -> None:
    @reward(isolation="inline")
    async def later(completion: str) -> float:
        await asyncio.sleep(0)
        return 0.25

    assert later.score("x") == Score(0.25)


def test_an_async_grader_can_be_scored_inside_a_running_loop() -> None:
    @reward(isolation="inline")
    async def later(completion: str) -> float:
        await asyncio.sleep(0)
        return 0.25

    async def notebook() -> Score:
        return later.score("x")

    assert asyncio.run(notebook()) == Score(0.25)


@pytest.mark.parametrize("returned", [float("nan"), float("inf"), 1.2, -0.1, "1", [1.0], object()])
def test_what_is_no_score_is_unscored_and_never_clamped(returned: object) -> None:
    @reward(isolation="inline")
    def broken(completion: str) -> Any:
        return returned

    score = broken.score("x")
    assert (score.value, score.cause) == (None, "invalid")
    assert "broken" in score.reason


def test_numbers_of_other_libraries_are_scores() -> None:
    import numpy

    @reward(isolation="inline")
    def counted(completion: str) -> Any:
        return numpy.float32(0.5) if completion else numpy.bool_(True)

    assert counted.score("x") == Score(0.5)
    assert counted.score("") == Score(1.0)


def test_none_is_a_bug_unless_abstaining_is_declared() -> None:
    @reward(isolation="inline")
    def silent(completion: str) -> None:
        return None

    @reward(isolation="inline", may_abstain=True)
    def abstains(completion: str) -> None:
        return None

    assert silent.score("x").cause == "invalid"
    assert abstains.score("x").cause == "not_applicable"


def test_a_range_other_than_0_to_1_is_kept() -> None:
    @reward(isolation="inline", range=(-1, 1))
    def signed(completion: str) -> float:
        return -1.0 if completion == "bad" else 2.0

    assert signed.score("bad") == Score(-1.0)
    assert signed.score("good").cause == "invalid"


def test_an_exception_is_named_with_the_line_it_came_from() -> None:
    @reward(isolation="inline")
    def raises(completion: str) -> float:
        return float(completion)

    score = raises.score("x")
    assert score.cause == "error"
    assert score.reason.startswith("ValueError: could not convert string to float: 'x' (")
    assert "test_rewards.py:" in score.reason


def test_system_exit_does_not_end_the_run() -> None:
    @reward(isolation="inline")
    def leaves(completion: str) -> float:
        raise SystemExit(3)

    assert leaves.score("x").cause == "error"


def test_an_author_can_say_that_the_reference_is_broken() -> None:
    @reward(isolation="inline")
    def strict(completion: str, reference: str) -> float:
        raise Unscored(f"the reference {reference!r} is no number")

    score = strict.score("x", reference="?")
    assert (score.cause, score.reason) == ("bad_reference", "the reference '?' is no number")


def test_a_score_object_keeps_its_components() -> None:
    @reward(isolation="inline")
    def rich(completion: str) -> Score:
        return Score(0.5, (Component("polite", 1.0),), reason="almost")

    assert rich.score("x").component("polite").value == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: reward(timout=2), "unknown option 'timout'.*Did you mean 'timeout'"),
        (lambda: reward(timeout=0), "timeout=0 must be a number of seconds above 0"),
        (lambda: reward(range=(1, 0)), "the lower one first"),
        (lambda: reward(pass_at=2), "pass_at=2 must lie in the range 0 to 1"),
        (lambda: reward(answer="poem"), "answer='poem'; allowed: number, text"),
        (lambda: reward(isolation="thread"), "isolation='thread'; allowed: process, inline"),
        (lambda: reward(isolation="inline", runs_completion=True), "inline code cannot be stopped"),
        (lambda: reward(memory_mb=1), "memory_mb=1 must be at least 16"),
    ],
)
def test_a_wrong_option_says_what_is_allowed(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(GraderError, match=message) as caught:

        @make()
        def grader(completion: str) -> float:
            return 1.0

    assert "test_rewards.py:" in str(caught.value)


def test_star_arguments_cannot_be_asked_for() -> None:
    with pytest.raises(GraderError, match=r"parameter '\*\*rest' cannot be asked for by name"):

        @reward
        def greedy(completion: str, **rest: Any) -> float:
            return 1.0


def test_a_grader_that_ignores_the_completion_is_refused() -> None:
    with pytest.raises(GraderError, match="asks for no 'completion'"):

        @reward
        def blind(reference: str) -> float:
            return 1.0


def test_decorating_something_else_than_a_function_is_refused() -> None:
    with pytest.raises(GraderError, match="decorates a function"):
        reward(3)  # type: ignore[call-overload]


def test_an_exception_that_cannot_be_printed_is_still_an_error_of_the_grader() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    @reward(isolation="inline")
    def mute(completion: str) -> float:
        raise Mute

    assert mute.score("x").reason.startswith("Mute: (its text raised RuntimeError)")


@pytest.mark.parametrize("is_async", [True, False])
def test_a_grader_that_cancels_itself_does_not_end_the_run(is_async: bool) -> None:
    if is_async:

        @reward(isolation="inline")
        async def leaves(completion: str) -> float:
            raise asyncio.CancelledError
    else:

        @reward(isolation="inline")
        def leaves(completion: str) -> float:
            raise asyncio.CancelledError

    assert leaves.score("x").cause == "error"


def test_an_inline_async_grader_s_timeout_holds_in_a_running_loop_too() -> None:
    @reward(isolation="inline", timeout=0.1)
    async def slow(completion: str) -> float:
        await asyncio.sleep(60)
        return 1.0

    async def notebook() -> Score:
        return slow.score("x")

    assert asyncio.run(notebook()).cause == "timeout"
