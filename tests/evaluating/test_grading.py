"""Reading completions from files and scoring them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.errors import ConfigError, DataError, GraderError
from rewardkit.evaluating.answer_files import open_answers
from rewardkit.evaluating.grading import check_export, export_results, grade
from rewardkit.evaluating.windows import Pace
from rewardkit.runs import Result, RunFolder
from rewardkit.samples import some_of
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


@contextmanager
def run_of(path: Path) -> Iterator[RunFolder]:
    where = path.parent / "runs"
    with RunFolder.open(where, "g", "grade", {}, versions={}, fingerprints={}, seed=0) as folder:
        yield folder


def graded(path: Path, graders: list[Grader]) -> list[Result]:
    answers = open_answers(path, graders)
    with run_of(path) as folder, Scorer() as scorer:
        grade(answers, graders, folder, scorer)
        return folder.read_results()


def test_rows_of_one_id_are_numbered_as_repeats(write: WriteFile) -> None:
    data = write("a.csv", "id,completion\nq1,x\nq2,y\nq1,z\n")
    assert [(a.sample.id, a.repeat, a.completion) for a in open_answers(data)] == [
        ("q1", 0, "x"),
        ("q2", 0, "y"),
        ("q1", 1, "z"),
    ]


def test_without_ids_rows_that_differ_only_in_the_completion_are_of_one_sample(write: WriteFile) -> None:
    data = write("a.csv", "prompt,completion\np,x\np,y\nother,x\n")
    first, second, third = open_answers(data)
    assert first.sample.id == second.sample.id != third.sample.id
    assert [first.repeat, second.repeat, third.repeat] == [0, 1, 0]


def test_the_completion_is_no_column_of_the_sample(write: WriteFile) -> None:
    (answer,) = open_answers(write("a.csv", "completion,reference\nx,y\n"))
    assert answer.sample.columns == {"reference": "y"}


def test_columns_can_be_renamed(write: WriteFile) -> None:
    data = write("a.csv", "output,gold\nx,y\n")
    (answer,) = open_answers(data, columns={"completion": "output", "reference": "gold"})
    assert (answer.completion, answer.sample.reference) == ("x", "y")


def test_a_chat_completion_is_the_text_of_its_messages(write: WriteFile) -> None:
    row = {"completion": [{"role": "assistant", "content": "hi"}]}
    (answer,) = open_answers(write("a.jsonl", json.dumps(row)))
    assert answer.completion == "hi"


def test_a_file_without_completions_names_what_it_has(write: WriteFile) -> None:
    with pytest.raises(
        DataError, match=r"a\.csv:2: no column 'completion'; available: compltion\. Did you mean 'compltion'"
    ):
        open_answers(write("a.csv", "compltion\nx\n"))


@pytest.mark.parametrize("value", [42, None, [], [{"role": "assistant"}]])
def test_a_completion_that_is_no_text_is_refused_with_its_line(write: WriteFile, value: object) -> None:
    data = write("a.jsonl", '{"completion": "x"}\n' + json.dumps({"completion": value}))
    with pytest.raises(DataError, match=r"a\.jsonl:2: completion is .* must be text"):
        open_answers(data)


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
    with run_of(data) as folder, Scorer() as scorer:
        answers = open_answers(data, graders)
        grade(answers, graders, folder, scorer)
        export_results(answers, graders, folder, data.parent / "out.jsonl")
    assert (data.parent / "out.jsonl").read_bytes() == (folder.path / "results.jsonl").read_bytes()


def test_an_export_is_in_the_order_of_the_rows_whatever_the_order_of_the_run(
    write: WriteFile, graders: list[Grader]
) -> None:
    data = write("a.csv", "completion,reference\n" + "".join(f"{n},1\n" for n in range(50)))
    with run_of(data) as folder, Scorer() as scorer:
        answers = open_answers(data, graders)
        grade(answers, graders, folder, scorer)
        before = (folder.path / "results.jsonl").read_bytes()
        folder.drop_results(lambda result: int(result.completion) % 7 == 3)
        grade(answers, graders, folder, scorer)
        assert (folder.path / "results.jsonl").read_bytes() != before
        export_results(answers, graders, folder, data.parent / "out.jsonl")
    assert (data.parent / "out.jsonl").read_bytes() == before


def test_a_file_that_changes_while_it_is_graded_is_an_error(write: WriteFile) -> None:
    data = write("a.csv", "completion\n" + "x\n" * 3)
    answers = open_answers(data)
    write("a.csv", "completion\n" + "x\n" * 4)
    with pytest.raises(DataError, match=r"a\.csv: the file changed while it was graded"):
        list(answers)


def test_a_limit_draws_the_rows_that_a_list_would_give(write: WriteFile) -> None:
    data = write("a.csv", "id,completion\n" + "".join(f"{n},x\n" for n in range(100)))
    drawn = [answer.sample.id for answer in open_answers(data, limit=10, seed=3)]
    assert drawn == some_of([str(n) for n in range(100)], 10, seed=3)


def test_rows_of_one_id_may_differ_in_other_columns(write: WriteFile) -> None:
    data = write("a.csv", "id,completion,temperature\nq1,x,0\nq1,y,1\n")
    assert [answer.sample.columns for answer in open_answers(data)] == [
        {"temperature": "0"},
        {"temperature": "1"},
    ]


def test_members_are_counted_where_a_grader_grades_them_together(write: WriteFile) -> None:
    source = "from rewardkit import reward\n@reward(group=True)\ndef g(completions): return [1.0] * len(completions)\n"
    together = collect([str(write("together.py", source))])
    data = write("a.csv", "id,completion\nq1,x\nq2,y\nq1,z\n")
    assert [answer.members for answer in open_answers(data, together)] == [2, 1, 2]
    assert [answer.members for answer in open_answers(data)] == [0, 0, 0]


def test_an_export_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist; make it first"):
        check_export(tmp_path / "nowhere" / "out.jsonl", tmp_path / "in.jsonl")


MIXED = """
    from rewardkit import reward

    @reward(isolation="inline")
    def lucky(completion: str, seed: int) -> float:
        return seed % 1000 / 1000

    @reward(isolation="inline", group=True)
    def longest(completions: list[str]) -> list[bool]:
        return [len(each) == max(map(len, completions)) for each in completions]
"""


class Fixed(Pace):
    """A pace that learns nothing."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def took(self, rows: int, seconds: float) -> None:
        """Stay as it is."""


def test_how_rows_are_cut_into_windows_never_shows_in_the_results(write: WriteFile) -> None:
    graders = collect([str(write("mixed.py", MIXED))])
    rows = "".join(f"q{n * 7 % 30},{'x' * (n % 11)}\n" for n in range(90))
    data = write("a.csv", "id,completion\n" + rows)
    answers, found = open_answers(data, graders), set()
    for size in (1, 7, 64, 1000):
        with (
            RunFolder.open(
                data.parent, f"by-{size}", "grade", {}, versions={}, fingerprints={}, seed=0
            ) as folder,
            Scorer() as scorer,
        ):
            assert grade(answers, graders, folder, scorer, pace=Fixed(size)) == 180
        found.add((folder.path / "results.jsonl").read_bytes())
    assert len(found) == 1


def test_a_group_of_which_a_part_is_in_the_folder_is_graded_whole_again(write: WriteFile) -> None:
    graders = collect([str(write("mixed.py", MIXED))])
    data = write("a.csv", "id,completion\n" + "q1,x\nq2,x\nq1,xxx\nq2,xx\nq1,xx\n")
    answers = open_answers(data, graders)
    with run_of(data) as folder, Scorer() as scorer:
        grade(answers, graders, folder, scorer)
        whole = folder.read_results()
        folder.drop_results(lambda result: result.completion in ("x", "xxx") and result.sample == "q1")
        assert grade(answers, graders, folder, scorer) == 4
        assert sorted(folder.read_results(), key=lambda r: r.key) == sorted(whole, key=lambda r: r.key)
    values = {(r.sample, r.completion): r.value for r in whole if r.grader == "longest"}
    assert values == {("q1", "x"): 0, ("q1", "xxx"): 1, ("q1", "xx"): 0, ("q2", "x"): 0, ("q2", "xx"): 1}
