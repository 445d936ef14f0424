from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from writing import WriteFile

from rewardkit import Step, case, collect, order, partial_credit, probe, reward
from rewardkit.cases import Case, Order, Probe
from rewardkit.errors import GraderError


@case("first", expect=1)
@reward
@probe("second", ceiling=0.2, reference="r")
@order("third", "fourth")
def marked(completion: str) -> float:
    return 1.0


def test_marks_stack_above_and_below_the_decorator_in_source_order() -> None:
    first, second, third = marked.marks
    assert isinstance(first, Case)
    assert first.completion == "first"
    assert isinstance(second, Probe)
    assert (second.ceiling, second.columns) == (0.2, {"reference": "r"})
    assert isinstance(third, Order)
    assert third.completions == ("third", "fourth")


def test_a_mark_knows_its_line() -> None:
    assert marked.marks[0].where.split(":")[0].endswith("test_cases.py")


@pytest.mark.parametrize(
    ("expect", "kept"),
    [(1, 1.0), (True, 1.0), ([0, 0.5], (0.0, 0.5)), ("unscored", "unscored"), ("parses", "parses")],
)
def test_expectations_take_five_forms(expect: Any, kept: Any) -> None:
    @case("x", expect=expect)
    @partial_credit({"parses": 1.0})
    def climb(completion: str) -> Iterator[Step]:
        yield "parses", True

    mark = climb.marks[0]
    assert isinstance(mark, Case)
    assert mark.expect == kept


@pytest.mark.parametrize("expect", [float("nan"), [1, 0], [1], None, {}])
def test_any_other_expectation_is_refused(expect: Any) -> None:
    with pytest.raises(GraderError, match="expect="):
        case("x", expect=expect)


def test_an_order_needs_two_completions() -> None:
    with pytest.raises(GraderError, match="two completions"):
        order("alone")


def test_cases_beside_the_file_belong_to_the_grader_of_that_name(write: WriteFile) -> None:
    write(
        "graders.py",
        "from rewardkit import reward\n@reward\ndef exact(completion, reference): return completion == reference\n",
    )
    write(
        "exact.cases.jsonl",
        '{"completion": "a", "expect": 1, "reference": "a"}\n{"completion": "b", "ceiling": 0, "reference": "a"}\n',
    )
    (grader,) = collect(["graders.py"])
    assert [type(mark) for mark in grader.marks] == [Case, Probe]
    assert grader.marks[1].where.endswith("exact.cases.jsonl:2")


def test_a_case_in_a_file_without_expectation_names_its_line(write: WriteFile) -> None:
    write("graders.py", "from rewardkit import reward\n@reward\ndef exact(completion): return True\n")
    write("exact.cases.jsonl", '{"completion": "a"}\n')
    with pytest.raises(GraderError, match=r"exact\.cases\.jsonl:1: a case needs 'completion' and 'expect'"):
        collect(["graders.py"])


RANGES = """
    from rewardkit import case, order, partial_credit, probe, reward

    {mark}
    @partial_credit({{"parses": 0.3, "exact": 1.0}})
    def climb(completion, reference):
        yield "exact", completion == reference
"""


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('@probe("1", reference="1", ceilng=0.5)', "no column 'ceilng'; .* Did you mean 'ceiling'"),
        ('@order("1", "2", refrence="1")', "no column 'refrence'; .* Did you mean 'reference'"),
        ('@case("1", reference="1", expct=1)', "@case needs expect=.* Did you mean 'expect'"),
        ('@case("1", reference="1", expect=1.5)', "expect=1.5 is outside the range 0 to 1"),
        ('@case("1", reference="1", expect=[0, 2])', "expect=2 is outside the range 0 to 1"),
        ('@case("1", reference="1", expect="exat")', "is no level of .* Did you mean 'exact'"),
        ('@probe("1", reference="1", ceiling=2)', "ceiling=2 is above the range 0 to 1"),
        ('@probe("1", reference="1", ceiling="low")', "ceiling='low'; allowed: a number"),
    ],
)
def test_a_slip_in_a_mark_is_refused_at_its_line(write: WriteFile, mark: str, said: str) -> None:
    write("graders.py", RANGES.format(mark=mark))
    with pytest.raises(GraderError, match=rf"graders\.py:4: .*{said}"):
        collect(["graders.py"])


def test_the_marks_of_a_part_are_looked_at_too(write: WriteFile) -> None:
    write("parts.py", RANGES.format(mark='@case("1", refrence="1", expect=1)'))
    write(
        "graders.py", "from parts import climb\nfrom rewardkit import weighted\nboth = weighted((climb, 1))\n"
    )
    with pytest.raises(GraderError, match=r"parts\.py:4: .*Did you mean 'reference'"):
        collect(["graders.py"])


def test_a_grader_of_the_whole_sample_may_have_any_column_in_its_cases(write: WriteFile) -> None:
    source = (
        "from rewardkit import case, reward\n@case('1', anything=1, expect=1)\n@reward\n"
        "def g(completion, sample): return True\n"
    )
    write("graders.py", source)
    assert collect(["graders.py"])[0].marks[0].columns == {"anything": 1}


def test_a_column_that_no_grader_asks_for_may_stand_in_a_case(write: WriteFile) -> None:
    write("graders.py", RANGES.format(mark='@case("1", reference="1", note="from the manual", expect=1)'))
    assert collect(["graders.py"])
