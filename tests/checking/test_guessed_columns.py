"""Columns that a grader asks for and the data calls something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import collect
from rewardkit.checking import guess_columns, with_guesses
from rewardkit.errors import GraderError
from rewardkit.rows import Row
from rewardkit.samples import Sample, sample_of

GRADERS = """
    from rewardkit import reward

    @reward
    def by_reference(completion, reference):
        return completion == reference

    @reward
    def by_question(completion, question, reference):
        return completion == reference

    @reward
    def by_two(completion, answer, solution):
        return completion == answer

    @reward
    def by_database(completion, reference, database):
        return completion == reference

    @reward
    def by_sample(completion, sample):
        return completion == sample["target"]

    def compute_score(data_source, solution_str, ground_truth, extra_info=None):
        return float(solution_str == ground_truth)

    def by_solution(completions, solution, **kwargs):
        return [float(c == s) for c, s in zip(completions, solution)]

    def by_kwargs(completions, **kwargs):
        return [float(c == s) for c, s in zip(completions, kwargs["label"])]
"""
VERL = {
    "prompt": [{"role": "user", "content": "6 x 7?"}],
    "reward_model": {"ground_truth": "42"},
    "extra_info": {"answer": "It is 42.", "database": "shop"},
}


def samples(*rows: dict[str, Any]) -> list[Sample]:
    return [sample_of(Row(row, f"d.jsonl:{number}")) for number, row in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("grader", "row", "expected"),
    [
        ("by_reference", {"prompt": "?", "reference": "42"}, {}),
        ("by_reference", {"prompt": "?", "answer": "42"}, {"reference": "answer"}),
        ("by_reference", {"prompt": "?", "Ground Truth": "42"}, {"reference": "Ground Truth"}),
        ("by_reference", {"question": "6 x 7?", "label": "42"}, {"reference": "label", "prompt": "question"}),
        (
            "by_reference",
            {"problem": "6 x 7?", "answer": "42", "solution": "It is 42."},
            {"reference": "answer", "prompt": "problem", "gold": "solution"},
        ),
        (
            "by_reference",
            {"prompt": "?", "answer": "1,000", "response": "It is 1000."},
            {"reference": "answer", "gold": "response"},
        ),
        ("by_reference", {"prompt": "?", "answer": "4", "response": "It is 42."}, {"reference": "answer"}),
        ("by_reference", {"prompt": "?", "answer": "42", "response": "42"}, {"reference": "answer"}),
        (
            "by_reference",
            {"prompt": "?", "reference": "x", "gold_completion": "y"},
            {"gold": "gold_completion"},
        ),
        (
            "by_reference",
            {"question": "Names?", "query": "SELECT name", "answer": "Bo"},
            {"reference": "answer", "prompt": "question"},
        ),
        ("by_reference", VERL, {"reference": "reward_model.ground_truth", "gold": "extra_info.answer"}),
        (
            "by_question",
            {"prompt": "6 x 7?", "expected": "42"},
            {"question": "prompt", "reference": "expected"},
        ),
        (
            "by_database",
            VERL,
            {
                "database": "extra_info.database",
                "reference": "reward_model.ground_truth",
                "gold": "extra_info.answer",
            },
        ),
        ("by_sample", {"prompt": "?", "target": "42"}, {"reference": "target"}),
        ("compute_score", VERL, {"gold": "extra_info.answer"}),
        ("compute_score", {"prompt": "?", "answer": "42"}, {"ground_truth": "answer"}),
        ("by_solution", {"prompt": "?", "ground_truth": "42"}, {"solution": "ground_truth"}),
        ("by_kwargs", {"prompt": "?", "answer": "42"}, {"label": "answer"}),
        ("by_two", {"prompt": "?", "answer": "42", "target": "43"}, {"solution": "target"}),
        ("by_two", {"prompt": "?", "target": "42"}, {}),
    ],
)
def test_a_column_is_guessed_where_one_fits(
    write: WriteFile, grader: str, row: dict[str, Any], expected: dict[str, str]
) -> None:
    graders = collect([f"{write('g.py', GRADERS)}:{grader}"])
    assert guess_columns(graders, samples(row, row)) == expected


def test_two_columns_that_could_be_it_are_an_error_that_says_how_to_decide(write: WriteFile) -> None:
    graders = collect([f"{write('g.py', GRADERS)}:by_reference"])
    with pytest.raises(
        GraderError, match=r"d\.jsonl:1; 'answer' and 'label' could be it: --column reference=answer"
    ):
        guess_columns(graders, samples({"prompt": "?", "answer": "42", "label": "b"}))


def test_a_column_that_some_row_lacks_does_not_fit(write: WriteFile) -> None:
    graders = collect([f"{write('g.py', GRADERS)}:by_reference"])
    assert guess_columns(graders, samples({"prompt": "?", "answer": "42"}, {"prompt": "?"})) == {}


def test_guesses_stand_beside_what_a_sample_has() -> None:
    guesses = {"reference": "extra_info.answer", "prompt": "question"}
    (sample,) = with_guesses(samples({"question": "6 x 7?", "extra_info": {"answer": "42"}}), guesses)
    assert (sample.prompt, sample.reference) == ("6 x 7?", "42")
    assert {"question", "extra_info"} <= set(sample.columns)


def test_a_guessed_prompt_may_be_chat_messages() -> None:
    messages = [{"role": "user", "content": "6 x 7?"}]
    (sample,) = with_guesses(samples({"question": messages}), {"prompt": "question"})
    assert (sample.prompt, sample.messages) == ("6 x 7?", tuple(messages))


BOXED = """
    import re

    def compute_score(data_source, solution_str, ground_truth, extra_info=None):
        found = re.findall(r"boxed.(.*?)[}]", solution_str)
        return float(bool(found) and found[-1] == ground_truth)
"""
ROWS = """{"problem": "6 x 7?", "answer": "42", "solution": "So it is \\\\boxed{42}"}
{"problem": "2 + 3?", "answer": "5", "solution": "So it is \\\\boxed{5}"}
{"problem": "9 - 2?", "answer": "7", "solution": "So it is 7"}
"""


def test_the_command_says_what_it_guessed_and_uses_the_golds_that_the_grader_accepts(
    write: WriteFile,
) -> None:
    write("my_rewards.py", BOXED)
    write("rows.jsonl", ROWS)
    ran = rewardkit("test", "my_rewards.py:compute_score", "--data", "rows.jsonl", "-v")
    assert ran.code == 0, ran.out
    assert ran.out.startswith(
        "columns: ground_truth <- answer, prompt <- problem, gold <- solution (guessed; --column NAME=COLUMN decides)\nPASS"
    )
    assert (
        "RK101: 1 of the 3 texts in the guessed column 'solution' do not earn full marks, and were not taken as right answers: "
        "--column gold=solution takes them as right" in ran.out
    )


def test_json_names_the_guesses_and_a_replay_makes_them_again(write: WriteFile) -> None:
    write("my_rewards.py", BOXED.replace("found[-1]", "found[0]"))
    write("rows.jsonl", ROWS)
    found = rewardkit("test", "my_rewards.py:compute_score", "--data", "rows.jsonl", "--json").json()
    assert found["guessed_columns"] == {"ground_truth": "answer", "prompt": "problem", "gold": "solution"}
    replay = found["graders"][0]["findings"][0]["replay"]
    assert "still so" in rewardkit("test", "--replay", replay).out


def test_a_column_may_be_named_by_its_path(write: WriteFile) -> None:
    write("my_rewards.py", BOXED)
    write("rows.jsonl", '{"prompt": "?", "meta": {"truth": "42"}, "gold": "\\\\boxed{42}"}\n')
    command = ["test", "my_rewards.py:compute_score", "--data", "rows.jsonl"]
    assert rewardkit(*command, "--column", "ground_truth=meta.truth").out.startswith("PASS")
    refused = rewardkit(*command, "--column", "ground_truth=meta.thruth")
    assert (refused.code, "no column 'meta.thruth'" in refused.err) == (2, True)


def test_the_kind_of_answer_can_be_said_for_a_function_that_cannot_declare_it(write: WriteFile) -> None:
    write("my_rewards.py", BOXED)
    write("rows.jsonl", ROWS)
    command = ["test", "my_rewards.py:compute_score", "--data", "rows.jsonl", "--answer", "number", "--json"]
    (grader,) = rewardkit(*command).json()["graders"]
    assert [finding["id"] for finding in grader["findings"]] == ["RK201", "RK204"]  # 42.0 is not 42
    assert Path(".rewardkit/findings.json").read_text().count('"answer": "number"') == 1
