"""Rows of summary.json from results."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rewardkit.evaluating.summary import compare_stages, component_rows, corrected_pairs, summarise
from rewardkit.runs import Result
from rewardkit.scores import Component


def result(stage: str, sample: int, value: float | None, repeat: int = 0, decoding: str = "greedy") -> Result:
    fields = {
        "stage": stage,
        "decoding": decoding,
        "sample": f"q{sample}",
        "repeat": repeat,
        "grader": "query",
    }
    cause = "timeout" if value is None else None
    return Result(**fields, fingerprint="f0", completion="", value=value, cause=cause)


def test_a_stage_has_a_row_for_its_score_and_one_for_the_share_solved() -> None:
    rows = summarise([result("base", i, 0.5 if i < 5 else 1.0) for i in range(20)], pass_at=1.0)
    assert [(row.metric, row.mean, row.prompts, row.k) for row in rows] == [
        ("solved", 0.75, 20, 1),
        ("score", 0.875, 20, 1),
    ]


def test_repeats_are_averaged_before_prompts() -> None:
    results = [result("m", 0, 1.0, r, "sampled") for r in range(4)] + [result("m", 1, 0.0, 0, "sampled")]
    assert summarise(results, pass_at=1.0)[0].mean == 0.5


def test_unscored_completions_are_counted_and_left_out_of_the_mean() -> None:
    rows = summarise([result("m", 0, 1.0), result("m", 1, None)], pass_at=1.0)
    assert [(row.mean, row.prompts, row.unscored, row.worst, row.best) for row in rows] == [
        (1.0, 1, 1, 0.5, 1.0)
    ] * 2


def test_a_stage_with_nothing_scored_has_no_mean() -> None:
    row = summarise([result("m", 0, None)], pass_at=1.0)[0]
    assert (row.mean, row.low, row.prompts, row.unscored) == (None, None, 0, 1)


def test_the_bounds_of_a_score_follow_the_declared_range() -> None:
    rows = summarise([result("m", 0, 1.0), result("m", 1, None)], pass_at=1.0, ranges={"query": (-1.0, 3.0)})
    assert (rows[1].worst, rows[1].best) == (0.0, 2.0)


def test_pass_at_k_and_all_k_stand_on_the_solved_row_of_several_samples() -> None:
    results = [
        result("m", i, float(i % 2 == 0 and r < 1 + i), r, "sampled") for i in range(4) for r in range(2)
    ]
    solved, score = summarise(results, pass_at=1.0)
    assert (solved.k, solved.pass_at_k, solved.all_k) == (2, 0.5, 0.25)
    assert score.pass_at_k is None


def test_slices_come_after_all_prompts_with_their_name() -> None:
    results = [result("m", i, float(i < 3)) for i in range(6)]
    rows = summarise(results, pass_at=1.0, slices={f"q{i}": "joins" if i < 3 else "counts" for i in range(6)})
    assert [(row.slice, row.mean) for row in rows if row.metric == "solved"] == [
        (None, 0.5),
        ("joins", 1.0),
        ("counts", 0.0),
    ]


def test_each_grader_has_its_own_bar() -> None:
    assert summarise([result("m", 0, 0.6)], pass_at={"query": 0.6})[0].mean == 1.0
    assert summarise([result("m", 0, 0.6)], pass_at={"other": 0.6})[0].mean == 0.0


def test_later_stages_are_compared_with_earlier_ones() -> None:
    results = [
        result(stage, i, float(i < right))
        for stage, right in (("base", 4), ("rft", 18), ("sft_alone", 9))
        for i in range(20)
    ]
    found = {(row.a, row.b): row for row in compare_stages(results, pass_at=1.0) if row.metric == "solved"}
    assert list(found) == [("base", "sft_alone"), ("base", "rft"), ("sft_alone", "rft")]
    assert found["base", "rft"].difference == pytest.approx(0.7)
    assert found["base", "rft"].verdict == "better"


def test_only_prompts_that_both_stages_scored_are_compared() -> None:
    results = [result("a", i, 0.0) for i in range(12)] + [
        result("b", i, None if i == 3 else 1.0) for i in range(12)
    ]
    assert {row.prompts for row in compare_stages(results, pass_at=1.0)} == {11}


def test_greedy_and_sampled_are_not_mixed() -> None:
    results = [result("a", 0, 0.0), result("b", 0, 1.0, decoding="sampled")]
    assert compare_stages(results, pass_at=1.0) == []


def test_no_results_give_no_rows() -> None:
    assert summarise([], pass_at=1.0) == []


def test_a_sample_may_belong_to_several_parts() -> None:
    results = [result("m", i, float(i < 3)) for i in range(6)]
    slices = {f"q{i}": ["kind = joins", f"length = {'short' if i % 2 else 'long'}"] for i in range(6)}
    rows = summarise(results, pass_at=1.0, slices=slices)
    assert {row.slice: row.mean for row in rows if row.metric == "solved"} == {
        None: 0.5,
        "kind = joins": 0.5,
        "length = long": pytest.approx(2 / 3),
        "length = short": pytest.approx(1 / 3),
    }


def test_prompts_that_belong_together_widen_the_interval_and_are_counted() -> None:
    results = [result("m", i, float(i // 10 % 2)) for i in range(200)]
    alone = summarise(results, pass_at=1.0)[0]
    together = summarise(results, pass_at=1.0, clusters={f"q{i}": i // 10 for i in range(200)})[0]
    assert (alone.clusters, alone.method) == (None, "wilson")
    assert (together.clusters, together.method) == (20, "score")
    assert together.low is not None
    assert alone.low is not None
    assert together.low < alone.low - 0.1


def test_only_scores_of_more_than_two_values_have_a_median_and_shares_at_the_ends() -> None:
    partial = summarise([result("m", i, i / 10) for i in range(11)], pass_at=1.0)
    assert [(row.median, row.top, row.bottom) for row in partial] == [
        (None, None, None),
        (0.5, pytest.approx(1 / 11), pytest.approx(1 / 11)),
    ]
    assert summarise([result("m", i, float(i % 2)) for i in range(11)], pass_at=1.0)[1].median is None


def test_components_are_averaged_by_prompt_and_have_intervals_from_ten_prompts() -> None:
    results = [
        replace(result("m", i, 0.5, r, "sampled"), components=(Component("rows", float(r < 1 + i % 2)),))
        for i in range(12)
        for r in range(2)
    ]
    (row,) = component_rows(results)
    assert (row.component, row.prompts, row.mean) == ("rows", 12, 0.75)
    assert row.low is not None
    assert row.high is not None
    assert row.low < 0.75 < row.high
    assert component_rows(results[:18])[0].low is None


def test_a_component_without_a_value_counts_in_no_mean() -> None:
    parts = [(Component("a", 1.0), Component("b", None)), (Component("a", 0.0),)]
    rows = component_rows(replace(result("m", i, 0.5), components=part) for i, part in enumerate(parts))
    assert [(row.component, row.prompts, row.mean) for row in rows] == [("a", 2, 0.5)]


def test_pairs_of_stages_are_corrected_for_their_number() -> None:
    # b against a is found alone (p 0.031 of six flips) and not among three pairs.
    results = [
        result(stage, i, float(i < right))
        for stage, right in (("a", 0), ("b", 6), ("c", 3))
        for i in range(12)
    ]
    rows = [row for row in compare_stages(results, pass_at=1.0) if row.metric == "solved"]
    corrected = [row for row in corrected_pairs(rows) if row.metric == "solved"]
    assert next((row.a, row.b, row.adjusted) for row in corrected) == (
        "a",
        "b",
        pytest.approx(3 * (rows[0].p or 0)),
    )
    assert rows[0].verdict == "better"
    assert {row.verdict for row in corrected} == {"no detectable difference"}
