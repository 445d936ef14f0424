"""Reading completions from files and scoring them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.errors import ConfigError, DataError, GraderError
from rewardkit.evaluating.grading import check_export, export_results, grade, read_answers
from rewardkit.runs import Result, RunFolder
from rewardkit.scoring import Scorer

GRADER = """
    from rewardkit import reward

    @reward(isolation="inline")
    def same(completion: str, reference: str) -> bool:
        return completion == reference
"""


@pytest.fixture
def graders(write: WriteFile) -> list[Grader]:
    return collect([str(write("graders.py", GRADER))])


def graded(path: Path, graders: list[Grader]) -> list[Result]:
    with (
        RunFolder.open(
            path.parent / "runs", "g", "grade", {}, versions={}, fingerprints={}, seed=0
        ) as folder,
        Scorer() as scorer,
    ):
        return grade(read_answers(path), graders, folder, scorer)


def test_rows_of_one_id_are_numbered_as_repeats(write: WriteFile) -> None:
    data = write("a.csv", "id,completion\nq1,x\nq2,y\nq1,z\n")
    assert [(a.sample.id, a.repeat, a.completion) for a in read_answers(data)] == [
        ("q1", 0, "x"),
        ("q2", 0, "y"),
        ("q1", 1, "z"),
    ]


def test_without_ids_rows_that_differ_only_in_the_completion_are_of_one_sample(write: WriteFile) -> None:
    data = write("a.csv", "prompt,completion\np,x\np,y\nother,x\n")
    first, second, third = read_answers(data)
    assert first.sample.id == second.sample.id != third.sample.id
    assert [first.repeat, second.repeat, third.repeat] == [0, 1, 0]


def test_the_completion_is_no_column_of_the_sample(write: WriteFile) -> None:
    (answer,) = read_answers(write("a.csv", "completion,reference\nx,y\n"))
    assert answer.sample.columns == {"reference": "y"}


def test_columns_can_be_renamed(write: WriteFile) -> None:
    data = write("a.csv", "output,gold\nx,y\n")
    (answer,) = read_answers(data, columns={"completion": "output", "reference": "gold"})
    assert (answer.completion, answer.sample.reference) == ("x", "y")


def test_a_chat_completion_is_the_text_of_its_messages(write: WriteFile) -> None:
    row = {"completion": [{"role": "assistant", "content": "hi"}]}
    (answer,) = read_answers(write("a.jsonl", json.dumps(row)))
    assert answer.completion == "hi"


def test_a_file_without_completions_names_what_it_has(write: WriteFile) -> None:
    with pytest.raises(
        DataError, match=r"a\.csv:2: no column 'completion'; available: compltion\. Did you mean 'compltion'"
    ):
        read_answers(write("a.csv", "compltion\nx\n"))


@pytest.mark.parametrize("value", [42, None, [], [{"role": "assistant"}]])
def test_a_completion_that_is_no_text_is_refused_with_its_line(write: WriteFile, value: object) -> None:
    data = write("a.jsonl", '{"completion": "x"}\n' + json.dumps({"completion": value}))
    with pytest.raises(DataError, match=r"a\.jsonl:2: completion is .* must be text"):
        read_answers(data)


def test_results_are_in_the_order_of_the_rows(write: WriteFile, graders: list[Grader]) -> None:
    rows = "".join(f"q{n % 7},{n},{n % 7}\n" for n in range(300))
    results = graded(write("a.csv", "id,completion,reference\n" + rows), graders)
    assert [r.completion for r in results] == [str(n) for n in range(300)]


def test_a_missing_column_is_an_error_before_anything_is_scored(
    write: WriteFile, graders: list[Grader]
) -> None:
    data = write("a.csv", "completion,refrence\nx,y\n")
    with pytest.raises(GraderError, match=r"asks for 'reference'.*Did you mean 'refrence'"):
        graded(data, graders)
    assert not (data.parent / "runs" / "g" / "results.jsonl").exists()


def test_an_export_has_the_lines_of_the_run(write: WriteFile, graders: list[Grader]) -> None:
    data = write("a.csv", "completion,reference\nx,x\nx,y\n")
    results = graded(data, graders)
    export_results(results, data.parent / "out.jsonl")
    assert (data.parent / "out.jsonl").read_bytes() == (
        data.parent / "runs" / "g" / "results.jsonl"
    ).read_bytes()


def test_an_export_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist; make it first"):
        check_export(tmp_path / "nowhere" / "out.jsonl", tmp_path / "in.jsonl")
