"""`rewardkit graders`, as a user runs it."""

from __future__ import annotations

from command_line import rewardkit
from writing import WriteFile

from rewardkit.declaring import installed_graders


def test_installed_graders_are_listed_with_kind_place_and_what_they_reward() -> None:
    (number,) = (line for line in rewardkit("graders").out.splitlines() if line.startswith("number "))
    assert number.startswith(
        "number  factory and grader  rewardkit.graders.numeric:number_grader  A grader of numbers"
    )


def test_no_line_of_the_list_ends_with_blanks(write: WriteFile) -> None:
    write("bare.py", "from rewardkit import reward\n@reward\ndef bare(completion): return True\n")
    lines = [*rewardkit("graders").out.splitlines(), *rewardkit("graders", "bare.py").out.splitlines()]
    assert [line for line in lines if line != line.rstrip()] == []
    assert lines[-1].startswith("bare  reward  ")


def test_a_package_is_listed_with_its_graders_and_factories() -> None:
    ran = rewardkit("graders", "rewardkit.graders.sql")
    assert ran.code == 0
    assert ran.out.startswith("text_to_sql  partial_credit  ")
    listed = {row["name"] for row in rewardkit("graders", "rewardkit.graders", "--json").json()["graders"]}
    assert {"choice", "number", "text_to_sql"} <= installed_graders().keys() <= listed
