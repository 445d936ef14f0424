"""Figures and foreign text in words."""

from __future__ import annotations

from typing import Any

import pytest

from rewardkit.runs import BaselineRow, ComparisonRow, StageRow
from rewardkit.runs.wording import (
    bounds,
    change,
    detectable,
    headline,
    method,
    percent,
    shortened,
    stage_label,
    versus,
    visible,
)


def row(name: str, mean: float | None, **changes: Any) -> StageRow:
    fields = {
        "name": name,
        "grader": "query",
        "metric": "solved",
        "decoding": "greedy",
        "prompts": 300,
        "k": 1,
        "mean": mean,
    }
    return StageRow.model_validate(
        {**fields, "low": 0.76, "high": 0.85, "unscored": 0, "pass_at": 1.0, **changes}
    )


def comparison(verdict: str, **changes: Any) -> ComparisonRow:
    fields = {
        "a": "base",
        "b": "rft",
        "grader": "query",
        "decoding": "greedy",
        "metric": "solved",
        "prompts": 300,
        "p": 0.001,
    }
    return ComparisonRow.model_validate(
        {**fields, "difference": 0.57, "low": 0.51, "high": 0.63, "verdict": verdict, **changes}
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", "up from"),
        ("worse", "down from"),
        ("no detectable difference", "no detectable change from"),
    ],
)
def test_the_headline_says_what_changed_only_as_far_as_it_is_known(verdict: str, words: str) -> None:
    assert headline(row("rft", 0.81), row("base", 0.24), comparison(verdict), "train") == (
        f"After RFT, 81 % of 300 held-out prompts get full marks (95 % interval 76 to 85 %), {words} 24 %: +57 points (+51 to +63)."
    )


def test_the_headline_of_too_few_prompts_says_nothing_of_a_change() -> None:
    few = row("rft", 0.5, prompts=8, low=None, high=None)
    compared = comparison("no detectable difference", prompts=8, low=None, high=None)
    assert headline(few, row("base", 0.25), compared, "train") == (
        "After RFT, 50 % of 8 held-out prompts get full marks; too few of them to say what changed from the base model."
    )


def test_the_headline_of_few_prompts_has_no_interval() -> None:
    few = row("tiny", 0.5, prompts=8, low=None, high=None)
    assert headline(few, None, None, "eval") == "tiny: 50 % of 8 prompts get full marks."


def test_the_headline_names_a_pass_mark_below_full_marks() -> None:
    assert headline(row("grade", 0.53, pass_at=0.8), None, None, "grade").startswith(
        "53 % of 300 completions reach the pass mark of 0.8"
    )


def test_the_headline_of_several_completions_a_prompt_counts_prompts() -> None:
    given = row("grade", 0.61, prompts=12_500, decoding="given", k=4, low=None, high=None)
    assert (
        headline(given, None, None, "grade") == "61 % of the given answers to 12,500 prompts get full marks."
    )


def test_the_headline_of_a_run_without_scores_says_so() -> None:
    assert (
        headline(row("rft", None), None, None, "train")
        == "After RFT: none of the completions could be scored."
    )


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (1, "100 %"), (0.996, "99.6 %"), (0.9999, "> 99.9 %"), (0.004, "0.4 %"), (1e-6, "< 0.1 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_comparison_is_a_sentence_with_signs() -> None:
    assert versus(comparison("better")) == "After RFT against base model: +57 points (+51 to +63), better."
    assert change(comparison("worse", difference=-0.1, low=-0.2, high=-0.05, metric="score")) == (
        "\N{MINUS SIGN}0.10 (\N{MINUS SIGN}0.20 to \N{MINUS SIGN}0.05)"
    )


def test_a_comparison_without_an_interval_gives_no_difference() -> None:
    assert versus(comparison("no detectable difference", low=None, high=None)) == (
        "After RFT against base model: too few prompts to say."
    )


def test_stages_that_are_not_ours_keep_their_name() -> None:
    assert (stage_label("sft_alone"), stage_label("gpt-x")) == ("SFT alone", "gpt-x")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\0b", "a\N{SYMBOL FOR NULL}b"),
        ("\x1b[31m", "\N{SYMBOL FOR ESCAPE}[31m"),
        ("\u202eevil", "⟨U+202E⟩evil"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u200b\ufeff\x85", "⟨U+200B⟩⟨U+FEFF⟩⟨U+0085⟩"),
        ("line\r\nnext\ttab é 漢 🙂", "line\nnext\ttab é 漢 🙂"),
    ],
)
def test_hidden_and_reordering_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_among_several_graders_the_headline_names_its_own() -> None:
    sentence = headline(row("rft", 0.81), row("base", 0.24), comparison("better"), "train", named=True)
    assert sentence.startswith("After RFT, 81 % of 300 held-out prompts get full marks from query (95 %")


def test_a_shortened_text_says_how_much_is_missing() -> None:
    assert shortened("x" * 1500, 100) == "x" * 100 + "… [1,400 more characters]"


def constant(solved: float) -> BaselineRow:
    return BaselineRow(grader="query", answer="42", score=solved, solved=solved, prompts=300)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", "more than"),
        ("worse", "less than"),
        ("no detectable difference", "not detectably other than"),
    ],
)
def test_the_headline_of_several_models_names_the_next_best(verdict: str, words: str) -> None:
    told = headline(row("tiny-v2", 0.81), row("tiny-v1", 0.7), comparison(verdict), "eval")
    assert told.endswith(f"(95 % interval 76 to 85 %), {words} tiny-v1 (70 %).")


@pytest.mark.parametrize(
    ("solved", "words"),
    [
        (0.12, "the best constant answer gets 12 %"),
        (0.78, "not clearly more than the best constant answer (78 %)"),
    ],
)
def test_the_headline_holds_the_result_against_one_answer_for_all(solved: float, words: str) -> None:
    told = headline(row("tiny", 0.81), None, None, "eval", baseline=constant(solved))
    assert told.endswith(f"85 %); {words}.")


def test_a_row_without_an_interval_says_whether_prompts_or_clusters_are_too_few() -> None:
    assert bounds(row("m", 0.5, low=None, high=None, prompts=9, clusters=3)) == "no interval under 10 prompts"
    assert bounds(row("m", 0.5, low=None, high=None, clusters=9)) == "no interval under 10 clusters"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "wilson"}, "Wilson, over 300 prompts"),
        ({"method": "t"}, "t over prompts"),
        ({"method": "t", "clusters": 24}, "cluster-robust t over 24 clusters"),
        ({}, ""),
    ],
)
def test_the_small_print_says_how_an_interval_was_made(changes: dict[str, Any], words: str) -> None:
    assert method(row("m", 0.81, **changes)) == words


def test_the_least_difference_that_would_be_found_is_a_sentence() -> None:
    told = detectable(row("m", 0.81, detectable=0.076))
    assert told == "With 300 prompts a difference of at least 7.6 points could be detected."
    assert detectable(row("m", 0.81)) == ""
