"""Rows of TRL, verl, OpenAI and of question-and-answer files: what is taken for the prompt and the reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.errors import DataError
from rewardkit.evaluating.answer_files import open_answers
from rewardkit.row_shapes import recognise, undecided
from rewardkit.samples import read_samples

ASKED = [{"role": "user", "content": "6 x 7?"}]
ROWS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "question and answer": (
        {"question": "6 x 7?", "answer": "42"},
        {"prompt": "question", "reference": "answer"},
    ),
    "another spelling": (
        {"Question": "6 x 7?", "Ground Truth": "42"},
        {"prompt": "Question", "reference": "Ground Truth"},
    ),
    "input and output": ({"input": "6 x 7?", "output": "42"}, {"prompt": "input", "reference": "output"}),
    "instruction and response": (
        {"instruction": "6 x 7?", "response": "42"},
        {"prompt": "instruction", "reference": "response"},
    ),
    "Alpaca": (
        {"instruction": "6 x 7?", "input": "", "output": "42"},
        {"prompt": "instruction + input", "reference": "output"},
    ),
    "MATH": (
        {"problem": "6 x 7?", "solution": "6 x 7 = 42", "answer": "42"},
        {"prompt": "problem", "reference": "answer"},
    ),
    "SQuAD": (
        {"context": "", "question": "6 x 7?", "answers": {"text": "42", "answer_start": [1]}},
        {"prompt": "context + question", "reference": "answers.text"},
    ),
    "verl": (
        {
            "data_source": "sums",
            "prompt": ASKED,
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": "42"},
            "extra_info": {"split": "train", "index": 0, "answer": "It is 42."},
        },
        {"reference": "reward_model.ground_truth"},
    ),
    "TRL prompt with a column": ({"prompt": ASKED, "solution": "42"}, {"reference": "solution"}),
    "OpenAI messages": ({"messages": ASKED, "reference_answer": "42"}, {"reference": "reference_answer"}),
    "OpenAI item": ({"item": {"question": "6 x 7?", "reference_answer": "42"}}, {"prompt": "question", "reference": "reference_answer"}),
}  # fmt: skip


@pytest.mark.parametrize(("row", "columns"), ROWS.values(), ids=ROWS)
def test_prompt_and_reference_of_a_known_shape_are_found(
    write: WriteFile, row: dict[str, Any], columns: dict[str, str]
) -> None:
    write("a.jsonl", json.dumps(row))
    told = []
    (sample,) = read_samples("a.jsonl", on_shape=told.append)
    assert (sample.prompt, sample.reference) == ("6 x 7?", "42")
    assert [shape.columns for shape in told] == [columns]


def test_columns_that_were_taken_stay_for_graders_that_ask_for_them(write: WriteFile) -> None:
    write("a.csv", "question,answer\n6 x 7?,42\n")
    (sample,) = read_samples("a.csv")
    assert (sample.columns["question"], sample.columns["answer"]) == ("6 x 7?", "42")


def test_what_a_row_has_under_our_names_is_kept_and_nothing_is_said(write: WriteFile) -> None:
    write("a.csv", "prompt,reference,question,answer\nours,42,theirs,7\n")
    told: list[object] = []
    (sample,) = read_samples("a.csv", on_shape=told.append)
    assert (sample.prompt, sample.reference, told) == ("ours", "42", [])


def test_a_column_that_is_named_wins(write: WriteFile) -> None:
    write("a.csv", "question,answer,solution\n6 x 7?,42,forty-two\n")
    (sample,) = read_samples("a.csv", columns={"reference": "solution"})
    assert (sample.prompt, sample.reference) == ("6 x 7?", "forty-two")


def test_of_two_that_could_be_meant_none_is_taken_and_both_are_named() -> None:
    row = {"prompt": "x", "answer": "a", "label": "b"}
    assert recognise(row).columns == {}
    assert (
        undecided(row, "reference") == " 'answer' and 'label' could be it: --column reference=answer decides."
    )


def test_output_beside_a_prompt_may_be_what_a_model_said() -> None:
    assert recognise({"prompt": "x", "output": "y"}).columns == {}


def test_the_first_row_decides_for_the_file(write: WriteFile) -> None:
    write("a.jsonl", '{"prompt": "x", "answer": "1"}\n{"question": "y", "answer": "2"}\n')
    assert [(s.prompt, s.reference) for s in read_samples("a.jsonl")] == [("x", "1"), ("", "2")]


def test_an_id_does_not_depend_on_what_was_recognised(write: WriteFile) -> None:
    write("a.csv", "question,answer\n6 x 7?,42\n")
    assert read_samples("a.csv")[0].id == read_samples("a.csv", recognised=False)[0].id


def test_texts_are_joined_for_an_option_too(write: WriteFile) -> None:
    write("a.csv", "head,body,answer\nAdd.,6 and 7,13\n")
    assert read_samples("a.csv", columns={"prompt": "head + body"})[0].prompt == "Add.\n\n6 and 7"


def test_an_answer_that_no_grader_asks_for_may_differ_between_rows_of_an_id(write: WriteFile) -> None:
    # Here `answer` is what was read off each completion.
    write("a.csv", "id,prompt,completion,answer\nq,x,it is 1,1\nq,x,it is 2,2\n")
    assert len(open_answers("a.csv")) == 2


GRADER = """
    from rewardkit import reward

    @reward
    def same(completion, reference):
        return completion == reference

    @reward
    def asked(completion, prompt):
        return prompt in completion
"""


def test_grade_says_in_one_line_what_it_takes(write: WriteFile) -> None:
    write("graders.py", GRADER)
    write("a.csv", "question,answer,completion\n6 x 7?,42,42\n7 x 8?,56,1\n")
    ran = rewardkit("grade", "a.csv", "-g", "graders.py:same", "--json")
    assert ran.json()["rows"] == 2
    assert (
        "a.csv: question and answer rows: prompt <- question, reference <- answer "
        "(--column OURS=THEIRS decides otherwise)\n" in ran.err
    )


def test_an_ambiguous_prompt_is_refused_where_a_grader_asks_for_it(write: WriteFile) -> None:
    write("graders.py", GRADER)
    write("a.csv", "question,query,reference,completion\n6 x 7?,7 x 8?,42,42\n")
    ran = rewardkit("grade", "a.csv", "-g", "graders.py:asked")
    assert ran.code == 2
    assert "'question' and 'query' could be it: --column prompt=question decides" in ran.err
    assert rewardkit("grade", "a.csv", "-g", "graders.py:same").code == 0


def test_an_ambiguous_reference_is_refused_with_the_option_that_decides(write: WriteFile) -> None:
    write("graders.py", GRADER)
    write("a.csv", "question,answer,target,completion\n6 x 7?,42,56,42\n")
    ran = rewardkit("grade", "a.csv", "-g", "graders.py:same")
    assert ran.code == 2
    assert "'answer' and 'target' could be it: --column reference=answer decides." in ran.err


def test_rows_of_verl_are_tested_as_they_stand(write: WriteFile) -> None:
    write("graders.py", GRADER)
    row, _ = ROWS["verl"]
    Path("a.jsonl").write_text("".join(json.dumps({**row, "ability": str(n)}) + "\n" for n in range(3)))
    ran = rewardkit("test", "graders.py:same", "--data", "a.jsonl", "--fast", "--json")
    assert ran.json()["guessed_columns"]["reference"] == "reward_model.ground_truth"


def test_the_tests_of_a_grader_join_the_prompt_as_an_evaluation_does(write: WriteFile) -> None:
    write("graders.py", GRADER)
    write("a.csv", "instruction,input,output\nAdd.,6 and 7,13\nAdd.,6 and 8,14\n")
    ran = rewardkit("test", "graders.py:same", "--data", "a.csv", "--fast", "--json")
    guessed = ran.json()["guessed_columns"]
    assert (guessed["prompt"], guessed["reference"]) == ("instruction + input", "output")


def test_a_name_that_is_no_column_is_refused_for_any_shape(write: WriteFile) -> None:
    write("a.csv", "question,answer\n6 x 7?,42\n")
    with pytest.raises(DataError, match=r"a\.csv:2: no column 'anwser' .*Did you mean 'answer'"):
        read_samples("a.csv", columns={"reference": "anwser"})
