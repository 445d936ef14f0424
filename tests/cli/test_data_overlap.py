from __future__ import annotations

import json

import pytest
from command_line import rewardkit
from writing import WriteFile

TRAIN = """\
{"question": "List the name of every rider who joined before the year 2019 and lives in the north of the town.", "answer": "SELECT name FROM riders"}
{"question": "Which plan is the cheapest?", "answer": "student"}
"""
EVAL = """\
{"id": "q1", "prompt": "LIST the name of every rider who joined before the year 2019 and lives in the north of the town", "reference": "SELECT name FROM riders"}
{"id": "q2", "prompt": "How many bikes are there?", "reference": "12"}
"""
COLUMNS = ("--column", "prompt=question", "--column", "reference=answer")


@pytest.fixture
def files(write: WriteFile) -> tuple[str, str]:
    return str(write("train.jsonl", TRAIN)), str(write("eval.jsonl", EVAL))


def test_findings_exit_with_1_and_name_both_lines(files: tuple[str, str]) -> None:
    ran = rewardkit("data", "overlap", *files, *COLUMNS)
    assert ran.code == 1, ran.err
    assert ran.out.startswith("1 of 2 evaluation rows (50 %) is contaminated")
    assert "exact (contaminated), 1\n  eval.jsonl:1  q1\n" in ran.out
    assert "  train.jsonl:1\n    List the name" in ran.out


def test_nothing_exits_with_0(files: tuple[str, str], write: WriteFile) -> None:
    write("other.jsonl", '{"prompt": "Who is the mayor of the old town?"}\n')
    ran = rewardkit("data", "overlap", "other.jsonl", files[1])
    assert (ran.code, ran.out) == (0, "None of 2 evaluation rows is contaminated (against 1 training row).\n")


def test_json_has_ids_examples_and_grades_of_each_kind(files: tuple[str, str]) -> None:
    ran = rewardkit("data", "overlap", *files, *COLUMNS, "--json")
    told = ran.json()
    assert (ran.code, told["contaminated"], told["evaluation_rows"]) == (1, ["q1"], 2)
    exact = told["kinds"]["exact"]
    assert (exact["grade"], exact["ids"]) == ("contaminated", ["q1"])
    assert exact["examples"][0]["training"]["where"] == "train.jsonl:1"
    assert told["kinds"]["query"]["grade"] == "warning"


def test_out_has_a_line_for_each_finding(files: tuple[str, str], write: WriteFile) -> None:
    write("found.jsonl", "")
    rewardkit("data", "overlap", *files, *COLUMNS, "--out", "found.jsonl")
    with open("found.jsonl", encoding="utf-8") as handle:
        lines = [json.loads(line) for line in handle]
    assert {(line["kind"], line["evaluation"]["id"]) for line in lines} >= {("exact", "q1"), ("query", "q1")}


def test_a_file_without_prompts_is_usage_and_says_what_to_do(write: WriteFile) -> None:
    train = write("train.jsonl", '{"asks": "What is 6 x 7?", "answer": "42"}\n')
    ran = rewardkit("data", "overlap", train, train)
    assert ran.code == 2
    assert "train.jsonl: no row has a prompt" in ran.err
    assert "asks, answer" in ran.err


def test_an_evaluation_id_that_stands_twice_is_usage(files: tuple[str, str], write: WriteFile) -> None:
    write("twice.jsonl", EVAL + EVAL)
    ran = rewardkit("data", "overlap", files[1], "twice.jsonl")
    assert ran.code == 2
    assert "ids must be unique" in ran.err


def test_a_column_that_neither_name_is_there_for_is_usage(files: tuple[str, str]) -> None:
    ran = rewardkit("data", "overlap", *files, "--column", "prompt=questoin")
    assert ran.code == 2
    assert "Did you mean 'question'" in ran.err


def test_out_may_not_be_a_file_to_read_from(files: tuple[str, str]) -> None:
    ran = rewardkit("data", "overlap", *files, "--out", files[0])
    assert ran.code == 2
    with open(files[0], encoding="utf-8") as handle:
        assert handle.read() == TRAIN


def test_the_rows_of_a_csv_are_named_by_line(files: tuple[str, str], write: WriteFile) -> None:
    write("train.csv", "prompt,reference\nsomething else,1\nhow many bikes are there,12\n")
    ran = rewardkit("data", "overlap", "train.csv", files[1], "--json")
    (example,) = ran.json()["kinds"]["exact"]["examples"]
    assert (example["evaluation"]["id"], example["training"]["where"]) == ("q2", "train.csv:3")


def test_questions_and_answers_are_recognised_as_in_every_verb(write: WriteFile) -> None:
    train = write("train.csv", "question,answer\nHow many legs has a spider in the garden?,8\n")
    evaluation = write(
        "eval.csv", "question,answer\nHow many legs has a spider in the garden?,8\nWhat is 6 x 7?,42\n"
    )
    ran = rewardkit("data", "overlap", train, evaluation)
    assert ran.code == 1
    assert "train.csv: question and answer rows: prompt <- question, reference <- answer" in ran.err
    assert "exact" in ran.out
