"""The best constant answer: what is tried, by which graders, and what it earns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.evaluating.baselines import PROMPTS, WITHHELD, baselines, candidates, some_samples
from rewardkit.runs import BaselineRow, Result
from rewardkit.samples import Sample
from rewardkit.scores import Cause
from rewardkit.scoring import Scorer

GRADERS = """
    from rewardkit import Criterion, reward, rubric

    @reward(isolation="inline")
    def same(completion: str, reference) -> bool:
        return completion == str(reference)

    @reward(isolation="inline")
    def brief(completion: str) -> float:
        return 1 / (1 + len(completion))

    @reward(isolation="inline")
    def partly(completion: str, reference) -> float:
        return 1.0 if completion == "A" == reference else 0.7 if completion == "9" else 0.0

    @reward(isolation="inline")
    def choosy(completion: str, reference) -> float | None:
        if completion == "9":
            return 1.0 if reference == "9" else None
        return 0.5 * (completion == "A")

    @reward(group=True, isolation="inline")
    def together(completions): return [1.0] * len(completions)

    @rubric(judge="nobody")
    def polite() -> list[Criterion]:
        \"\"\"Grade a reply.\"\"\"
        return [Criterion("polite", "It is polite.")]
"""
SAMPLES = [Sample(f"q{n}", "?", {"reference": "A" if n < 6 else str(n)}) for n in range(10)]


def given(completion: str, sample: str = "q0", cause: Cause | None = None) -> Result:
    return Result("m", "greedy", sample, 0, "same", "f", completion, None if cause else 0.0, cause)


@pytest.fixture
def graders(write: WriteFile) -> list[Grader]:
    return collect([str(write("graders.py", GRADERS))])


def found(graders: Sequence[Grader], *, texts: bool = True) -> dict[str, BaselineRow]:
    with Scorer(workers=1) as scorer:
        return {row.grader: row for row in baselines(SAMPLES, [], graders, scorer, texts=texts)}


def test_the_most_frequent_reference_is_the_best_answer_for_an_exact_grader(graders: list[Grader]) -> None:
    rows = found(graders)
    same = rows["same"]
    assert (same.answer, same.score, same.solved, same.prompts) == ("A", 0.6, 0.6, 10)


def test_the_empty_text_is_tried(graders: list[Grader]) -> None:
    rows = found(graders)
    assert (rows["brief"].answer, rows["brief"].score) == ("", 1.0)


def test_graders_of_groups_and_those_that_ask_a_judge_are_left_out(graders: list[Grader]) -> None:
    rows = found(graders)
    assert set(rows) == {"same", "brief", "partly", "choosy"}


def test_references_completions_and_nothing_are_tried_each_once() -> None:
    results = [given("A"), given("often", "q1"), given("often", "q2"), given("broke it", cause="died")]
    assert candidates(SAMPLES, [*results, given("of another prompt", "elsewhere")]) == [
        "A",
        "6",
        "7",
        "often",
        "",
    ]


def test_a_reference_that_is_no_text_is_tried_as_json() -> None:
    samples = [Sample("q", "?", {"reference": {"a": 1}}), Sample("r", "?", {"reference": None})]
    assert candidates(samples, []) == ['{"a": 1}', ""]


def test_without_texts_the_answer_is_withheld(graders: list[Grader]) -> None:
    rows = found(graders, texts=False)
    assert rows["same"].answer == WITHHELD


def test_the_prompts_are_drawn_by_the_seed_in_whatever_order_they_come() -> None:
    many = [Sample(f"q{n}", "?", {}) for n in range(1000)]
    one = [sample.id for sample in some_samples(many, 0)]
    assert len(one) == len(set(one)) == PROMPTS
    assert [sample.id for sample in some_samples([*reversed(many), *many], 0)] == one
    assert [sample.id for sample in some_samples(many, 1)] != one


def test_an_answer_that_is_partly_right_everywhere_does_not_hide_the_one_that_solves_most(
    graders: list[Grader],
) -> None:
    samples = [Sample(f"q{n}", "?", {"reference": "A" if n % 2 else "9"}) for n in range(10)]
    with Scorer(workers=1) as scorer:
        (row,) = (row for row in baselines(samples, [], graders, scorer) if row.grader == "partly")
    assert (row.answer, row.solved, row.score) == ("A", 0.5, 0.7)


def test_an_answer_that_was_scored_on_a_few_prompts_only_is_not_the_best(graders: list[Grader]) -> None:
    samples = [Sample(f"q{n}", "?", {"reference": "A" if n else "9"}) for n in range(10)]
    with Scorer(workers=1) as scorer:
        (row,) = (row for row in baselines(samples, [], graders, scorer) if row.grader == "choosy")
    assert (row.answer, row.score, row.prompts) == ("A", 0.5, 10)


def test_each_of_a_list_of_references_is_tried() -> None:
    samples = [Sample(f"q{n}", "?", {"reference": ["yes", f"yes, {n}"]}) for n in range(10)]
    assert "yes" in candidates(samples, [])
