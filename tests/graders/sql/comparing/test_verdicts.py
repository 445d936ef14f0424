import pytest
from result_tables import expected, table, verdict

from rewardkit.graders.sql.comparing.verdicts import Verdict, is_right, judge


def test_a_right_answer_has_nothing_to_explain() -> None:
    found = judge([expected([(1,)]), expected([(2,)])], [table([(1,)]), table([(2,)])])
    assert (found.exact, found.equal, found.instance, found.kind, found.why) == (
        True,
        (True, True),
        None,
        "",
        "",
    )


def test_the_first_instance_that_differs_is_the_one_explained() -> None:
    golds, answers = [[(1,)], [(2,)], [(3,)]], [[(1,)], [(5,)], [(6,)]]
    found = judge(
        [expected(rows, "n") for rows in golds],
        [table(rows, "n") for rows in answers],
        ["", "instance 2 (NULLs)", "instance 3 (ties)"],
    )
    assert (found.instance, found.equal) == (1, (True, False, False))
    assert found.why == "on instance 2 (NULLs): column 1 'n': 5; expected 2"


def test_the_rows_as_given_need_no_mention() -> None:
    found = judge([expected([(1,)], "n")], [table([(4,)], "n")], [""])
    assert found.why == "column 1 'n': 4; expected 1"


def test_a_single_instance_has_a_short_form() -> None:
    assert is_right(expected([(1,)]), table([(1,)]))
    assert not is_right(expected([(1,)]), table([(2,)]))


def test_an_expected_result_judges_many_answers_alike() -> None:
    gold = expected([(0.5, "a"), (1 / 3, "b")])
    answers = [table([(1 / 3, "b"), (0.5, "a")]), table([(0.5, "b"), (1 / 3, "a")])] * 2
    assert [judge([gold], [answer]).exact for answer in answers] == [True, False, True, False]


def test_an_answer_for_every_instance_is_needed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        judge([expected([(1,)]), expected([(2,)])], [table([(1,)])])


def test_verdicts_are_equal_when_they_say_the_same() -> None:
    assert verdict([(1,)], [(2,)]) == Verdict(False, (False,), 0)
