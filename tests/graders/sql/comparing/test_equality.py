"""Bags, groups in order, ties cut by a LIMIT, and the tolerance inside whole rows."""

from decimal import Decimal

import pytest
from result_tables import Rows, expected, table, verdict

from rewardkit.graders.sql.comparing.equality import Expected, Group, is_same
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.comparing.verdicts import is_right

PRICES = (Group([("a", 1)], 1), Group([("b", 2), ("c", 2), ("d", 2)], 2))
"""ORDER BY price LIMIT 3 over prices 1, 2, 2, 2."""


def prices(rules: Rules = DEFAULT_RULES) -> Expected:
    return Expected(("name", "price"), 2, PRICES, None, rules)


@pytest.mark.parametrize(
    "rows",
    [
        [("a", 1), ("b", 2), ("c", 2)],
        [("a", 1), ("d", 2), ("b", 2)],
        [("a", 1.0), ("d", Decimal("2.0")), ("c", 2)],
    ],
)
def test_at_a_limit_any_rows_of_the_tie_are_right(rows: Rows) -> None:
    assert is_right(prices(), table(rows))


@pytest.mark.parametrize(
    "rows",
    [
        [("b", 2), ("c", 2), ("d", 2)],  # all of the tie, nothing of the first group
        [("b", 2), ("a", 1), ("c", 2)],
        [("a", 1), ("b", 2), ("b", 2)],
        [("a", 1), ("b", 2)],
        [("a", 1), ("b", 2), ("c", 2), ("d", 2)],
        [("a", 1), ("b", 2), ("e", 2)],
    ],
)
def test_at_a_limit_other_rows_are_wrong(rows: Rows) -> None:
    assert not is_right(prices(), table(rows))


def test_at_a_limit_texts_that_are_no_numbers_need_not_come() -> None:
    limited = Expected(None, 1, (Group([("n/a",), ("1",), ("2",)], 2),))
    assert is_right(limited, table([(2,), (1,)]))


def test_without_order_a_limit_still_needs_the_rows_before_the_tie() -> None:
    anyhow = prices(Rules(order="any"))
    assert is_right(anyhow, table([("c", 2), ("a", 1), ("b", 2)]))
    assert not is_right(anyhow, table([("b", 2), ("c", 2), ("d", 2)]))


def test_as_sets_a_limit_takes_at_least_one_row_of_the_tie() -> None:
    sets = prices(Rules(duplicates="set"))
    assert is_right(sets, table([("a", 1), ("c", 2), ("c", 2)]))
    assert not is_right(sets, table([("a", 1)]))
    assert not is_right(sets, table([("a", 1), ("b", 2), ("c", 2), ("d", 2)]))


def test_as_sets_the_order_of_first_rows_counts() -> None:
    rules = Rules(duplicates="set")
    gold = [(1,), (1,), (2,)]
    assert verdict(gold, [(1,), (2,), (2,)], rules=rules, ordered=True).exact
    assert not verdict(gold, [(2,), (1,)], rules=rules, ordered=True).exact


def test_two_limits_at_once_count_from_both_sides() -> None:
    groups = (Group([("a", 1), ("b", 1)], 1), Group([("c", 2), ("d", 2)], 1))  # LIMIT 2 OFFSET 1
    offset = Expected(None, 2, groups)
    assert is_right(offset, table([("b", 1), ("d", 2)]))
    assert not is_right(offset, table([("a", 1), ("b", 1)]))


def test_two_empty_results_of_different_width_differ() -> None:
    assert not is_right(expected([], "a"), table([], "a b"))


def test_an_empty_list_of_rows_does_not_say_how_wide_they_would_be() -> None:
    bare = Expected(None, 0, (Group([], 0),), [])
    assert is_right(bare, table([], "a b c"))
    assert not is_right(bare, table([("x",)]))


def test_rows_that_cannot_be_hashed_are_compared_all_the_same() -> None:
    gold = expected([([1, 2], "a"), ([3], "b")])
    assert not is_same(gold, table([([3], "b"), ([1, 2], "a")]))
    assert is_right(gold, table([([3], "b"), ([1, 2], "a")]))


def test_near_floats_need_their_other_cells_to_agree() -> None:
    assert not verdict([(0.1 + 0.2, "a"), (0.5, "b")], [(0.3, "b"), (0.5, "a")]).exact


def test_floats_inside_lists_and_structs_have_the_same_tolerance() -> None:
    assert verdict([([0.1 + 0.2, 1.0], "a"), ([0.5], "b")], [([0.5], "b"), ([0.3, 1.0], "a")]).exact
    assert verdict([({"x": 0.1 + 0.2},)], [({"x": 0.3},)]).exact
    assert not verdict([([0.1, 0.2],)], [([0.2, 0.1],)]).exact
    assert not verdict([([0.31],)], [([0.3],)]).exact


def test_fields_of_a_struct_have_no_order() -> None:
    assert verdict([({"x": 1, "y": 2},)], [({"y": 2, "x": 1},)]).exact


def test_texts_are_read_as_numbers_only_beside_a_column_of_numbers() -> None:
    assert not verdict([("1.10",), ("2",)], [("1.1",), ("2",)]).exact
    assert verdict([("1.10",), ("2",)], [(1.1,), (2,)]).exact


def test_many_rows_that_differ_by_rounding_are_equal() -> None:
    gold = [(i / 7, f"n{i}") for i in range(500)]
    assert verdict(gold, [(i / 7 * (1 + 1e-9), f"n{i}") for i in reversed(range(500))]).exact
