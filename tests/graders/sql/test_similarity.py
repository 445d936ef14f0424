import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.graders.sql.comparing.similarity import above_chance, table_f1
from rewardkit.graders.sql.engines.engine import Table

GOLD = Table(("name", "n"), [("a", 1), ("b", 2), ("c", 3), ("d", 4)])


def answer(*rows: tuple[object, ...]) -> Table:
    return Table(tuple(f"c{i}" for i in range(len(rows[0]) if rows else 2)), list(rows))


def test_the_same_rows_in_any_order_of_rows_and_columns_earn_everything() -> None:
    assert table_f1(GOLD, answer((4, "d"), (3, "c"), (2, "b"), (1.0, "a"))) == 1.0


def test_half_of_the_rows_earn_their_f1() -> None:
    assert table_f1(GOLD, answer(("a", 1), ("b", 2))) == pytest.approx(2 * 2 / 6)


def test_a_column_too_many_or_too_few_costs() -> None:
    assert table_f1(GOLD, answer(("a",), ("b",), ("c",), ("d",))) == pytest.approx(2 / 3)
    assert table_f1(GOLD, answer(*((r[0], r[1], "x") for r in GOLD.rows))) == pytest.approx(4 / 5)


def test_rows_twice_and_rows_paired_anew_cost() -> None:
    assert table_f1(GOLD, answer(*GOLD.rows, *GOLD.rows)) == pytest.approx(2 / 3)
    assert table_f1(GOLD, answer(("a", 2), ("b", 1), ("c", 4), ("d", 3))) == 0.0


def test_all_cells_in_one_column_earn_little() -> None:
    assert table_f1(GOLD, answer(*((cell,) for row in GOLD.rows for cell in row))) < 0.5


def test_an_empty_result_earns_nothing_on_either_side() -> None:
    assert table_f1(GOLD, answer()) == 0.0 == table_f1(answer(), answer())


def test_what_a_blind_answer_reaches_counts_as_nothing() -> None:
    assert above_chance(0.4, 0.4) == 0.0 == above_chance(0.2, 0.4)
    assert above_chance(1.0, 0.4) == 1.0
    assert above_chance(0.7, 0.4) == pytest.approx(0.5)
    assert above_chance(1.0, 1.0) == 0.0


tables = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab")), max_size=6).map(
    lambda rows: Table(("i", "s"), list(rows))
)


@given(tables, tables)
def test_the_measure_is_symmetric_and_between_0_and_1(a: Table, b: Table) -> None:
    assert 0.0 <= table_f1(a, b) <= 1.0
    assert table_f1(a, b) == pytest.approx(table_f1(b, a))
