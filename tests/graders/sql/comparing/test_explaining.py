"""The words for what is wrong, as a domain expert reads them."""

from datetime import date
from decimal import Decimal

import pytest
from result_tables import Rows, expected, table, verdict

from rewardkit.graders.sql.comparing.equality import Expected, Group
from rewardkit.graders.sql.comparing.rules import Rules
from rewardkit.graders.sql.comparing.verdicts import judge

CITIES: Rows = [("Oslo", 2), ("Rome", 1), ("Bern", 7)]
AVERAGES: Rows = [("Oslo", 33.3333), ("Rome", 5.123), ("Bern", 7.777)]


@pytest.mark.parametrize(
    ("gold", "names", "answer", "answer_names", "kind", "why"),
    [
        ([("Oslo", 2, 3.5), ("Rome", 1, 4.0)], "city n total", [("Oslo", 2), ("Rome", 1)], "city n", "columns", "2 columns; expected 3: no column holds the values of 'total' (gold column 3)"),
        ([("Oslo", 2)], "", [("Oslo",)], "city", "columns", "1 column; expected 2: no column holds the values of gold column 2"),
        ([("a", 1, 2, 3)], "w x y z", [("a",)], "w", "columns", "1 column; expected 4: no column holds the values of 'x' (gold column 2), 'y' (gold column 3) and 1 more"),
        ([("Oslo", 2)], "city n", [(1, "Oslo", 2)], "id city n", "columns", "one column too many: 'id'"),
        ([("Oslo",)], "city", [(1, "Oslo", 2)], "id city n", "columns", "2 columns too many: 'id' and 'n'"),
        ([("Oslo",)], "city", [(1, "Oslo", 2, 5)], "id city n m", "columns", "3 columns too many, such as 'id' and 'n'"),
        ([("Oslo", 2)], "city n", [(1, "Oslo", 2), (3, "Rome", 4)], "id city n", "columns", "3 columns; expected 2 ('city', 'n'); 2 rows; expected 1"),
        ([(1, 9), (2, 8)], "low high", [(9, 1), (8, 2)], "a b", "columns", "columns 1 and 2 have changed places; expected ('low', 'high')"),
        (CITIES, "city n", [], "city n", "rows", "no rows; expected 3"),
        ([], "city n", [("Oslo", 2)], "city n", "rows", "1 row, such as ('Oslo', 2); expected none"),
        ([("Oslo", 2)], "city n", [*CITIES, ("Pisa", None)], "city n", "rows", "3 rows too many, such as ('Rome', 1) and ('Bern', 7)"),
        (CITIES, "city n", CITIES[:2], "city n", "rows", "one row missing: ('Bern', 7)"),
        (CITIES, "city n", [("Oslo", 2), ("Pisa", 9)], "city n", "rows", "2 rows; expected 3: one row wrong: ('Pisa', 9); 2 rows missing, such as ('Rome', 1)"),
        (CITIES, "city n", [("a", 1), ("b", 2), ("c", 3)], "city n", "values", "3 rows wrong, such as ('a', 1); 3 rows missing, such as ('Oslo', 2)"),
        (CITIES, "city n", [*CITIES, *CITIES], "city n", "duplicates", "row ('Oslo', 2) comes 2 times; expected 1 time; the rows are right, but not how often they come: a join that doubles rows?"),
        ([*CITIES, *CITIES], "city n", CITIES, "city n", "duplicates", "row ('Oslo', 2) comes 1 time; expected 2 times; the rows are right, but not how often they come: a DISTINCT, or a GROUP BY, that takes rows away?"),
        (AVERAGES, "city avg", [("Oslo", 33.33), *AVERAGES[1:]], "city avg", "values", "column 2 'avg': 33.33; expected 33.3333 (rounded in the answer) in the row of 'Oslo'"),
        (AVERAGES, "city avg", [("Oslo", 33.33), ("Rome", 5.12), ("Bern", 7.78)], "city avg", "values", "column 2 'avg': 33.33; expected 33.3333 (rounded in the answer) in the row of 'Oslo'; 2 more rows are wrong there"),
        ([("Oslo", 0), ("Rome", 1)], "city n", [("Oslo", None), ("Rome", 1)], "city n", "values", "column 2 'n': NULL where 0 was expected in the row of 'Oslo'"),
        ([("Oslo", 0.5)], "city share", [("Oslo", 50)], "city share", "values", "column 2 'share': 50; expected 0.5 (a factor of 100)"),
        ([(5,)], "n", [(-5,)], "n", "values", "column 1 'n': -5; expected 5 (the sign)"),
        ([("Oslo",)], "city", [("oslo",)], "city", "values", "column 1 'city': 'oslo'; expected 'Oslo' (upper and lower case count)"),
        ([("Oslo",)], "city", [("Oslo ",)], "city", "values", "column 1 'city': 'Oslo '; expected 'Oslo' (outer blanks count)"),
        ([(7,)], "code", [("007",)], "code", "values", "column 1 'code': '007'; expected 7 (a text in the answer)"),
        ([("007",)], "code", [(7,)], "code", "values", "column 1 'code': 7; expected '007' (a text in the reference)"),
        ([(33.3,)], "avg", [(33.3333,)], "avg", "values", "column 1 'avg': 33.3333; expected 33.3 (rounded in the reference)"),
        ([(7,)], "n", [(8,)], "count_star()", "values", "column 1 'count(*)': 8; expected 7"),
        ([("Oslo", 2)], "city count_star()", [("Oslo",)], "city", "columns", "1 column; expected 2: no column holds the values of 'count(*)' (gold column 2)"),
        ([(date(2024, 1, 2), Decimal("1.50"))], "d m", [(date(2024, 1, 3), Decimal("1.55"))], "d m", "values", "columns 1 and 2: ('2024-01-03', 1.55); expected ('2024-01-02', 1.50)"),
        ([("a", 1), ("b", 2)], "x y", [("a", 2), ("b", 1)], "x y", "values", "every column holds the right values, but the rows pair them wrongly: ('a', 2) should not be there, ('a', 1) should"),
        ([("Oslo", 5), ("Rome", 6)], "city n", [(5, "Oslo"), (7, "Rome")], "n city", "values", "column 1 'n': 7; expected 6 in the row of 'Rome'"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words(
    gold: Rows, names: str, answer: Rows, answer_names: str, kind: str, why: str
) -> None:
    found = verdict(gold, answer, names, answer_names)
    assert (found.kind, found.why) == (kind, why)


def test_rows_that_differ_in_more_than_their_wrong_columns_are_shown_whole() -> None:
    found = verdict([("a", 1, "x"), ("b", 2, "y")], [("c", 1, "y"), ("d", 2, "x")])
    assert found.why == "2 rows wrong, such as ('c', 1, 'y'); 2 rows missing, such as ('a', 1, 'x')"


def test_two_empty_results_can_differ_in_their_columns_only() -> None:
    assert verdict([], [], "a", "a b").why == "2 columns; expected 1 ('a')"


def test_a_wrong_order_shows_the_first_two_rows_that_should_change_places() -> None:
    found = verdict(CITIES, [CITIES[0], CITIES[2], CITIES[1]], ordered=True)
    assert (found.kind, found.why) == (
        "order",
        "wrong order at row 2: ('Rome', 1) should come before ('Bern', 7)",
    )


def test_a_reversed_order_is_called_that() -> None:
    assert verdict(CITIES, list(reversed(CITIES)), ordered=True).why.endswith("; the order is reversed")


def test_rows_from_the_wrong_side_of_a_limit_are_told_apart_from_a_wrong_order() -> None:
    offset = Expected(None, 1, (Group([("a",), ("b",)], 1), Group([("c",), ("d",)], 1)))
    found = judge([offset], [table([("a",), ("b",)])])
    assert (found.kind, found.why) == ("rows", "the rows are not those that LIMIT and OFFSET keep")


def test_fewer_rows_of_a_tie_than_a_limit_keeps_are_counted() -> None:
    limited = Expected(None, 1, (Group([("a",), ("b",), ("c",)], 2),))
    assert judge([limited], [table([("a",)])]).why == "1 row; expected 2"


def test_an_empty_list_of_expected_rows_has_no_columns_to_speak_of() -> None:
    assert (
        judge([Expected(None, 0, (Group([], 0),), [])], [table([(1,), (2,)])]).why == "2 rows; expected none"
    )


def test_with_extra_columns_allowed_the_least_number_is_named() -> None:
    found = verdict([("a", 1)], [("a",)], "x y", "x", Rules(extra_columns="allow"))
    assert found.why == "1 column; expected at least 2: no column holds the values of 'y' (gold column 2)"


def test_as_sets_a_row_is_shown_once_however_often_it_comes() -> None:
    found = verdict([("a",)], [("a",), ("b",), ("b",)], rules=Rules(duplicates="set"))
    assert found.why == "one row too many: 'b'"


def test_as_sets_a_wrong_order_is_that_of_the_first_rows() -> None:
    found = verdict(
        [("a",), ("a",), ("b",)], [("b",), ("a",), ("b",)], rules=Rules(duplicates="set"), ordered=True
    )
    assert found.why == "wrong order at row 1: 'a' should come before 'b'; the order is reversed"


def test_numbers_too_far_apart_within_a_crowd_are_said_to_be() -> None:
    crowd = [(1 + i * 9e-7,) for i in range(4)]  # each is near the next one only
    found = verdict(crowd, [crowd[0], crowd[0], crowd[0], crowd[3]])
    assert (found.kind, found.why) == ("values", "the numbers differ by more than rounding")


def test_long_texts_are_shown_where_they_part() -> None:
    found = verdict([("x" * 60 + "end",)], [("x" * 60 + "ends",)])
    assert found.why == "column 1 'c0': '…xxxxxxxxxends'; expected '…xxxxxxxxxend'"


def test_long_rows_and_cells_are_cut() -> None:
    gold = [tuple(range(40)), (*range(39), "y" * 500)]
    why = verdict(gold, gold[:1]).why
    assert why == "one row missing: (0, 1, 2, 3, 4, 5, 6, 7, …)"
    assert (
        verdict([("y" * 500, 1)], [("z", 1)] * 2).why
        == f"2 rows; expected 1: 2 rows wrong, such as ('z', 1); one row missing: ('{'y' * 39}…', 1)"
    )


def test_no_reason_shows_more_than_two_rows() -> None:
    gold = [(f"gold{i}", i) for i in range(50)]
    for answer in ([], gold[:10], [*gold, *gold], [(f"x{i}", i) for i in range(50)], list(reversed(gold))):
        why = judge([expected(gold, ordered=True)], [table(answer, "a b")]).why
        assert why.count("gold") + why.count("'x") <= 2
