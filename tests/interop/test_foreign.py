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

    def odd_pair(text, key):
        return float(text == key)

    LIMIT = 3
"""

OTHERS = """
    from functools import partial
    from typing import Any

    def inside_verl(solution_str, ground_truth, method="strict", format_score=0.0, score=1.0):
        return score if solution_str == ground_truth else format_score if method == "strict" else 0.5

    def geometry(predict_str, ground_truth, use_boxed=True):
        return True, 0.5, predict_str

    def batched(data_sources, solution_strs, ground_truths, extra_infos):
        return [float(s == g) + len(data_sources) - 1 for s, g in zip(solution_strs, ground_truths)]

    def with_step(data_source, solution_str, ground_truth, extra_info, step):
        return float(step)

    loose = partial(inside_verl, method="flexible")

    def _text_of(completion):
        return completion[0]["content"]

    def by_helper(completions, **kwargs):
        return [float(_text_of(c) == "say") for c in completions]

    def by_annotation(completions: list[list[dict[str, Any]]]):
        return [float(list(c[0].values())[-1] == "say") for c in completions]

    def any_length(completions):
        return [float(len(c)) for c in completions]

    def keyed(completions):
        return [float(c == "content") for c in completions]
"""


def scored(write: WriteFile, name: str, completion: str, **columns: object) -> Score:
    shape, _, bare = name.rpartition("+")
    path = write("my_rewards.py", REWARDS + OTHERS)
    [grader] = collect([f"{shape}{'+' if shape else ''}{path}:{bare}"])
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


@pytest.mark.parametrize(
    ("name", "completion", "value"),
    [
        ("inside_verl", "42", 1.0),
        ("inside_verl", "41", 0.0),
        ("loose", "41", 0.5),
        ("geometry", "42", 1.0),
        ("batched", "42", 1.0),
        ("batched", "41", 0.0),
        ("with_step", "42", 7.0),
        ("verl+odd_pair", "42", 1.0),
    ],
)
def test_functions_inside_verl_get_what_they_have_parameters_for(
    write: WriteFile, name: str, completion: str, value: float
) -> None:
    assert scored(write, name, completion, ground_truth="42", step=7).value == value


def test_a_column_named_like_a_setting_is_not_taken_for_one(write: WriteFile) -> None:
    assert scored(write, "inside_verl", "42", ground_truth="42", score=9.0).value == 1.0


@pytest.mark.parametrize("name", ["by_helper", "by_annotation"])
def test_a_trl_function_shows_in_other_ways_that_it_reads_messages(write: WriteFile, name: str) -> None:
    assert scored(write, name, "say").value == 1.0


@pytest.mark.parametrize(
    ("name", "value"),
    [("any_length", 7.0), ("trl-chat+any_length", 1.0), ("trl-text+keyed", 1.0), ("keyed", 0.0)],
)
def test_the_target_says_whether_completions_are_messages(write: WriteFile, name: str, value: float) -> None:
    assert scored(write, name, "content").value == value


def test_with_a_prompt_of_messages_completions_are_messages_as_in_trl(write: WriteFile) -> None:
    messages = [{"role": "user", "content": "say"}]
    assert scored(write, "any_length", "content", messages=messages).value == 1.0
    assert scored(write, "trl-text+any_length", "content", messages=messages).value == 7.0


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


LAZY = """
    def __getattr__(name):
        if name == "late":
            def late(completions, **kwargs):
                return [1.0 for _ in completions]
            return late
        if name == "broken":
            import no_such_package
        raise AttributeError(name)
"""


def test_a_function_that_a_package_imports_when_it_is_asked_for_is_found(write: WriteFile) -> None:
    path = write("lazy.py", LAZY)
    assert collect([f"{path}:late"])[0].name == "late"
    with pytest.raises(GraderError, match="importing 'broken' failed: ModuleNotFoundError"):
        collect([f"{path}:broken"])
    with pytest.raises(GraderError, match="no grader 'never' there"):
        collect([f"{path}:never"])
