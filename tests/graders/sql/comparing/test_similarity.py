import pytest
from hypothesis import given
from hypothesis import strategies as st
from result_tables import Rows, expected, table

from rewardkit.graders.sql.comparing.equality import Expected, Group, expected_of
from rewardkit.graders.sql.comparing.rules import Rules
from rewardkit.graders.sql.comparing.similarity import above_chance, table_f1
from rewardkit.graders.sql.engines.engine import Table

ROWS: Rows = [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
GOLD = expected(ROWS, "name n")


def f1(rows: Rows) -> float:
    return table_f1(GOLD, table(rows))


def test_the_same_rows_in_any_order_of_rows_and_columns_earn_everything() -> None:
    assert f1([(4, "d"), (3, "c"), (2, "b"), (1.0, "a")]) == 1.0


def test_half_of_the_rows_earn_their_f1() -> None:
    assert f1([("a", 1), ("b", 2)]) == pytest.approx(2 * 2 / 6)


def test_a_column_too_many_or_too_few_costs() -> None:
    assert f1([("a",), ("b",), ("c",), ("d",)]) == pytest.approx(2 / 3)
    assert f1([(*row, "x") for row in ROWS]) == pytest.approx(4 / 5)


def test_a_column_too_many_costs_nothing_where_it_is_allowed() -> None:
    assert table_f1(GOLD, table([("x", *row) for row in ROWS]), extra_columns=True) == 1.0
    assert table_f1(GOLD, table([("a",), ("b",), ("c",), ("d",)]), extra_columns=True) == 0.5


def test_rows_twice_and_rows_paired_anew_cost() -> None:
    assert f1([*ROWS, *ROWS]) == pytest.approx(2 / 3)
    assert f1([("a", 2), ("b", 1), ("c", 4), ("d", 3)]) == 0.0


def test_rows_twice_cost_nothing_among_sets() -> None:
    assert table_f1(expected(ROWS, rules=Rules(duplicates="set")), table([*ROWS, *ROWS])) == 1.0


def test_all_cells_in_one_column_earn_little() -> None:
    assert f1([(cell,) for row in ROWS for cell in row]) < 0.5


def test_an_empty_result_earns_nothing_on_either_side() -> None:
    assert f1([]) == 0.0 == table_f1(expected([]), table([]))


def test_numbers_count_as_equal_by_the_same_rules_as_in_the_verdict() -> None:
    gold = expected([(1 / 3, 10**9), (2 / 3, 10**9)])
    assert table_f1(gold, table([(0.33333333, 10**9), (0.66666667, 10**9)])) == 1.0
    assert table_f1(gold, table([(1 / 3, 10**9 + 1), (2 / 3, 10**9 + 1)])) == 0.5
    tolerant = expected([(33.3333,)], rules=Rules(abs_tol=0.01))
    assert table_f1(tolerant, table([(33.33,)])) == 1.0


def test_texts_and_numbers_share_what_can_be_read() -> None:
    assert table_f1(expected([(2014,), (2015,)]), table([("2014",), ("x",)])) == 0.5
    assert table_f1(expected([(2014,)], rules=Rules(types="strict")), table([("2014",)])) == 0.0


def test_columns_of_different_kinds_do_not_share_their_nulls() -> None:
    assert table_f1(expected([(None,), ("a",)]), table([(None,), (7,)])) == 0.0


def test_at_a_limit_every_row_that_may_come_counts_up_to_their_number() -> None:
    limited = Expected(None, 1, (Group([("a",), ("b",), ("c",)], 2),))
    assert table_f1(limited, table([("b",), ("c",)])) == 1.0
    assert table_f1(limited, table([("a",), ("b",), ("c",)])) == pytest.approx(4 / 5)


def test_results_too_wide_to_weigh_are_paired_by_position() -> None:
    row = tuple(range(80))
    assert table_f1(expected([row]), table([row[:40] + tuple(range(100, 140))])) == pytest.approx(0.5)
    assert table_f1(expected([row]), table([tuple(reversed(row))])) == 0.0


def test_what_a_blind_answer_reaches_counts_as_nothing() -> None:
    assert above_chance(0.4, 0.4) == 0.0 == above_chance(0.2, 0.4)
    assert above_chance(1.0, 0.4) == 1.0
    assert above_chance(0.7, 0.4) == pytest.approx(0.5)
    assert above_chance(1.0, 1.0) == 0.0


tables = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.integers(0, 2)), max_size=6).map(
    lambda rows: Table(("i", "s", "j"), list(rows))
)


@given(tables, tables)
def test_the_measure_is_symmetric_and_between_0_and_1(a: Table, b: Table) -> None:
    assert 0.0 <= table_f1(expected_of(a), b) <= 1.0
    assert table_f1(expected_of(a), b) == pytest.approx(table_f1(expected_of(b), a))
