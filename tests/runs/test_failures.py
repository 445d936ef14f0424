"""Where a run fails: the worst prompts and the most frequent reasons."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rewardkit.runs import Result
from rewardkit.runs.failures import Failing, Failure, Reason
from rewardkit.scores import Component


def result(
    sample: int, value: float | None, *, repeat: int = 0, reason: str = "", parts: Sequence[Component] = ()
) -> Result:
    return Result(
        "m", "greedy", f"q{sample}", repeat, "g", "f0", f"answer {repeat}", value,
        "error" if value is None else None, tuple(parts), reason,
    )  # fmt: skip


def failing(results: Sequence[Result]) -> Failing:
    found = Failing("m", "greedy", "g", 1.0)
    for one in results:
        found.add(one)
    found.settle()
    return found


def worst(results: Sequence[Result]) -> list[Failure]:
    return failing(results).worst({one.key: one for one in results}, {})


def test_the_lowest_mean_stands_first_with_its_lowest_answer() -> None:
    results = [result(0, 0.5), result(1, 0.6), result(1, 0.0, repeat=1), result(2, 1.0)]
    found = worst(results)
    assert [(one.sample, one.mean, one.result.completion) for one in found] == [
        ("q1", 0.3, "answer 1"),
        ("q0", 0.5, "answer 0"),
    ]


def test_of_many_equally_bad_prompts_those_shown_are_spread_over_the_data() -> None:
    found = failing([result(i, 0.0) for i in range(80)])
    assert (found.prompts, found.at_lowest) == (80, 80)
    assert {key.sample for key in found.keys} == {f"q{i}" for i in range(0, 80, 10)}


def test_what_was_not_scored_is_no_failure() -> None:
    assert failing([result(0, None), result(1, 1.0)]).prompts == 0


def test_another_stage_or_grader_is_left_out() -> None:
    found = Failing("other", "greedy", "g", 1.0)
    found.add(result(0, 0.0))
    found.settle()
    assert found.prompts == 0


def test_reasons_that_differ_in_numbers_alone_are_one() -> None:
    results = [result(0, 0.0, reason="3 rows too many"), result(1, 0.0, reason="1,204 rows too many")]
    assert failing(results).reasons() == [Reason("", "… rows too many", 2, 1.0)]


def test_a_reason_that_is_always_the_same_keeps_its_numbers() -> None:
    results = [result(i, 0.0, reason="no answer within 2 s") for i in range(3)]
    assert failing(results).reasons()[0].reason == "no answer within 2 s"


def test_reasons_are_those_of_components_that_were_not_earned() -> None:
    parts = [
        Component(name="runs", value=1.0, reason="fine"),
        Component(name="rows", value=0.5, reason="half"),
    ]
    assert failing([result(0, 0.5, parts=parts)]).reasons() == [Reason("rows", "half", 1, 1.0)]


def test_a_solved_completion_gives_no_reason() -> None:
    assert failing([result(0, 1.0, reason="well done"), result(1, 0.0)]).reasons() == []


@given(st.lists(st.floats(0, 1), max_size=60))
def test_no_prompt_that_is_left_out_is_worse_than_one_that_is_shown(values: list[float]) -> None:
    means = {f"q{i}": round(value, 9) for i, value in enumerate(values)}
    shown = [one.sample for one in worst([result(i, value) for i, value in enumerate(values)])]
    rest = [mean for name, mean in means.items() if name not in shown and mean < 1]
    assert not shown or not rest or max(means[name] for name in shown) <= min(rest)
