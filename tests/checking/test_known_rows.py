"""Which rows a grader is tested on, and what is known to be right there."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import collect
from rewardkit.checking import known_rows, read_data
from rewardkit.errors import GraderError, UsageError

GRADERS = """
    from rewardkit import case, partial_credit, reward

    @case("7.", reference="7", expect=1)
    @case("8", reference="7", expect=0)
    @case("?", reference="x", expect="unscored")
    @reward(answer="number")
    def number(completion, reference):
        return completion.strip(".") == reference
"""


def test_cases_with_the_same_columns_are_one_row_with_its_right_and_wrong_answers(write: WriteFile) -> None:
    write("g.py", GRADERS)
    seven, broken = known_rows(collect(["g.py"])[0])
    assert (seven.golds, seven.wrongs, seven.broken) == (("7.",), ("8",), False)
    assert broken.broken


def test_data_rows_bring_their_gold_and_wrong_completions(write: WriteFile) -> None:
    write("g.py", GRADERS)
    write("d.jsonl", '{"id": "a", "prompt": "?", "answer": "3", "gold": "3", "wrong": ["4", "5"]}\n')
    *_, row = known_rows(collect(["g.py"])[0], read_data(Path("d.jsonl"), {"reference": "answer"}))
    assert (row.id, row.where, row.golds, row.wrongs) == ("a", "d.jsonl:1", ("3",), ("4", "5"))


def test_an_empty_cell_of_a_csv_is_no_gold(write: WriteFile) -> None:
    write("g.py", GRADERS)
    write("d.csv", "prompt,reference,gold\nq,3,\n")
    assert known_rows(collect(["g.py"])[0], read_data(Path("d.csv"), {}))[-1].golds == ()


def test_a_column_that_the_grader_asks_for_and_a_case_lacks_is_named(write: WriteFile) -> None:
    write("g.py", GRADERS.replace('reference="7", expect=0', "prompt=7, expect=0"))
    with pytest.raises(GraderError, match=r"asks for 'reference'.*g\.py:5.*prompt"):
        known_rows(collect(["g.py"])[0])


def test_a_level_that_is_not_declared_is_named_with_the_nearest_one(write: WriteFile) -> None:
    write(
        "g.py",
        """
        from rewardkit import case, partial_credit

        @case("x", expect="exakt")
        @partial_credit({"exact": 1.0})
        def ladder(completion):
            yield "exact", True
        """,
    )
    with pytest.raises(GraderError, match=r"g\.py:4: expect='exakt' is no level .* Did you mean 'exact'"):
        collect(["g.py"])


def test_a_gold_that_is_no_text_is_an_error_with_its_line(write: WriteFile) -> None:
    write("d.jsonl", '{"prompt": "q", "reference": "1", "gold": 1}\n')
    with pytest.raises(UsageError, match=r"d\.jsonl:1: 'gold' must be a completion or a list of them; got 1"):
        read_data(Path("d.jsonl"), {})


@pytest.mark.parametrize(("completion", "accepted"), [(" 7.0 ", True), ("7", True), ("7!", False)])
def test_a_completion_that_is_the_reference_in_another_form_is_known_to_be_right(
    write: WriteFile, completion: str, accepted: bool
) -> None:
    write("g.py", GRADERS)
    assert known_rows(collect(["g.py"])[0])[0].accepts(completion) is accepted


def test_a_combination_without_cases_is_tried_on_the_rows_of_its_parts(write: WriteFile) -> None:
    write("g.py", GRADERS + "\n    from rewardkit import weighted\n    all_of_it = weighted((number, 1))\n")
    (row,) = known_rows(collect(["g.py:all_of_it"])[0])
    assert (row.columns, row.golds) == ({"reference": "7"}, ())


def test_any_value_may_stand_in_a_case(write: WriteFile) -> None:
    write(
        "g.py",
        """
        from rewardkit import case, reward

        @case("x", table={(1, 2): "a", "b": None}, expect=1)
        @case("y", table={(1, 2): "a", "b": None}, expect=0)
        @reward
        def g(completion, table):
            return completion == "x"
        """,
    )
    (row,) = known_rows(collect(["g.py"])[0])
    assert (row.golds, row.wrongs) == (("x",), ("y",))
