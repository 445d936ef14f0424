"""Reward functions that were written for TRL or verl are graders as they stand."""

from __future__ import annotations

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import Item, Score, collect, score
from rewardkit.errors import GraderError
from rewardkit.interop import with_shape

REWARDS = """
    def accuracy(completions, answer, **kwargs):
        return [1.0 if c == a else None if c == "skip" else -0.5 for c, a in zip(completions, answer)]

    def chatty(prompts, completions, **kwargs):
        return [float(c[0]["content"] == p[-1]["content"]) for p, c in zip(prompts, completions)]

    def from_kwargs(completions, **kwargs):
        kwargs["log_metric"]("seen", 1.0)
        return [float(c == k) for c, k in zip(completions, kwargs["key"])]

    async def slowly(completions, **kwargs):
        return [0.25 for _ in completions]

    def short_of_one(completions, **kwargs):
        return []

    def by_tokens(completions, completion_ids, **kwargs):
        return [len(ids) for ids in completion_ids]

    def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
        right = solution_str == ground_truth
        return {"score": float(right), "close": 0.5, "note": "text", "level": extra_info["level"]}

    def plain(data_source, solution_str, ground_truth, extra_info=None):
        return solution_str == ground_truth

    def odd(text):
        return 1.0

    LIMIT = 3
"""


def scored(write: WriteFile, name: str, completion: str, **columns: object) -> Score:
    path = write("my_rewards.py", REWARDS)
    [grader] = collect([f"{path}:{name}"])
    return score(grader, [Item(completion, {"prompt": "say", **columns})])[0]


@pytest.mark.parametrize(("completion", "value"), [("a", 1.0), ("b", -0.5)])
def test_a_trl_function_scores_one_completion_at_a_time(
    write: WriteFile, completion: str, value: float
) -> None:
    assert scored(write, "accuracy", completion, answer="a").value == value


def test_none_of_a_trl_function_means_not_applicable(write: WriteFile) -> None:
    assert scored(write, "accuracy", "skip", answer="a").cause == "not_applicable"


def test_a_trl_function_that_reads_content_gets_chat_messages(write: WriteFile) -> None:
    assert scored(write, "chatty", "say").value == 1.0


def test_every_column_reaches_a_trl_function_through_kwargs(write: WriteFile) -> None:
    assert scored(write, "from_kwargs", "x", key="x").value == 1.0


def test_an_async_trl_function_is_awaited(write: WriteFile) -> None:
    assert scored(write, "slowly", "x").value == 0.25


def test_a_wrong_number_of_rewards_is_an_error_of_that_completion(write: WriteFile) -> None:
    result = scored(write, "short_of_one", "x")
    assert (result.cause, "got 0 for 1" in result.reason) == ("error", True)


def test_a_column_that_a_trl_function_needs_is_asked_for(write: WriteFile) -> None:
    [grader] = collect([f"{write('my_rewards.py', REWARDS)}:accuracy"])
    assert "answer" in grader.asks


def test_what_only_a_trainer_has_is_refused(write: WriteFile) -> None:
    with pytest.raises(GraderError, match=r"my_rewards\.py:18\): it insists on 'completion_ids'"):
        collect([f"{write('my_rewards.py', REWARDS)}:by_tokens"])


def test_numbers_of_a_verl_result_become_components(write: WriteFile) -> None:
    result = scored(write, "compute_score", "42", ground_truth="42", extra_info={"level": 3})
    assert result.value == 1.0
    assert [(part.name, part.value) for part in result.components] == [("close", 0.5), ("level", 3.0)]


@pytest.mark.parametrize("columns", [{"reference": "42"}, {"reward_model": {"ground_truth": "42"}}])
def test_the_ground_truth_is_found_where_verl_and_we_keep_it(
    write: WriteFile, columns: dict[str, object]
) -> None:
    assert scored(write, "plain", "42", **columns).value == 1.0


def test_a_row_without_ground_truth_is_unscored(write: WriteFile) -> None:
    assert scored(write, "plain", "42").cause == "bad_reference"


def test_a_shape_that_is_not_recognised_is_an_error_that_says_what_to_do(write: WriteFile) -> None:
    with pytest.raises(
        GraderError, match=r"'odd' .* \(text\) are neither TRL's .* nor verl's .* @reward above it"
    ):
        collect([f"{write('my_rewards.py', REWARDS)}:odd"])


def test_the_shape_can_be_said_in_the_target(write: WriteFile) -> None:
    [grader] = collect([f"verl+{write('my_rewards.py', REWARDS)}:plain"])
    assert (grader.name, grader.attribute) == ("plain", "verl+plain")


def test_what_is_no_function_is_named(write: WriteFile) -> None:
    with pytest.raises(GraderError, match="no function 'LIMIT' there"):
        collect([f"trl+{write('my_rewards.py', REWARDS)}:LIMIT"])


def test_a_shape_on_the_command_line_is_put_before_targets_that_name_none() -> None:
    assert with_shape(["my.py:f", "verl+my.py:g"], "trl") == ["trl+my.py:f", "verl+my.py:g"]
    assert with_shape(["my.py:f"], None) == ["my.py:f"]


def test_the_fingerprint_follows_the_function(write: WriteFile) -> None:
    [before] = collect([f"{write('one.py', REWARDS)}:accuracy"])
    [after] = collect([f"{write('two.py', REWARDS.replace('-0.5', '-0.6'))}:accuracy"])
    [same] = collect([f"{write('three.py', REWARDS)}:accuracy"])
    assert before.fingerprint == same.fingerprint != after.fingerprint


def test_a_misspelt_function_is_answered_with_the_nearest_one(write: WriteFile) -> None:
    with pytest.raises(
        GraderError, match=r"no grader 'acuracy' there; found: none\. Did you mean 'accuracy'\?"
    ):
        collect([f"{write('my_rewards.py', REWARDS)}:acuracy"])


def test_grade_takes_the_shape_as_an_option(write: WriteFile) -> None:
    write("my_rewards.py", REWARDS)
    write("answers.csv", "prompt,completion,ground_truth\nsay,42,42\n")
    ran = rewardkit("grade", "answers.csv", "-g", "my_rewards.py:plain", "--shape", "verl", "--json")
    assert ran.json()["graders"][0]["solved"]["mean"] == 1.0
