"""The edge table: pairs on which the comparison rules of other SQL graders disagree, and the verdict that is right."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.graders.sql.comparing.equality import difference, expected_of
from rewardkit.graders.sql.engines.duckdb_execution import Table

Rows = Sequence[Sequence[object]]


def table(rows: Rows, names: str = "") -> Table:
    width = len(rows[0]) if rows else len(names.split()) or 1
    return Table(tuple(names.split()) or tuple(f"c{i}" for i in range(width)), [tuple(row) for row in rows])


def same(
    gold: Rows, answer: Rows, gold_names: str = "", answer_names: str = "", *, ordered: bool = False
) -> bool:
    return not difference(expected_of(table(gold, gold_names), ordered=ordered), table(answer, answer_names))


RIGHT: dict[str, tuple[Rows, Rows]] = {
    "columns swapped, kinds differ": ([("a", 1), ("b", 2)], [(1, "a"), (2, "b")]),
    "row order differs, the gold does not order": ([(1,), (2,)], [(2,), (1,)]),
    "NULL and NaN": ([(None,)], [(math.nan,)]),
    "3 and 3.0": ([(3,)], [(3.0,)]),
    "Decimal 3.10 and 3.1": ([(Decimal("3.10"),)], [(3.1,)]),
    "0.3 and 0.1 + 0.2": ([(0.3,)], [(0.1 + 0.2,)]),
    "True and 1": ([(True,)], [(1,)]),
    "text '2014' and 2014": ([("2014",), ("2015",)], [(2015,), (2014,)]),
    "date and ISO text": ([(date(2014, 1, 2),)], [("2014-01-02",)]),
    "date and the timestamp of its midnight": ([(date(2014, 1, 2),)], [(datetime(2014, 1, 2),)]),
    "both empty, as many columns": ([], []),  # never full marks: that is the ladder's part
    "many rows that differ by rounding": (
        [(i / 7, f"n{i}") for i in range(500)],
        [(i / 7 * (1 + 1e-9), f"n{i}") for i in reversed(range(500))],
    ),
}

WRONG: dict[str, tuple[Rows, Rows]] = {
    "columns swapped, both numbers (min, max)": ([(1, 9), (2, 8)], [(9, 1), (8, 2)]),
    "columns swapped, both texts": ([("a", "b")], [("b", "a")]),
    "only one row swapped inside": ([("a", "b"), ("c", "d")], [("b", "a"), ("c", "d")]),
    "duplicates lost": ([("a",), ("a",), ("b",)], [("a",), ("b",)]),
    "same set, other multiplicities": ([("a",), ("a",), ("b",)], [("a",), ("b",), ("b",)]),
    "NULL and 0": ([(None,)], [(0,)]),
    "NULL and ''": ([(None,)], [("",)]),
    "33.3333 and 33.33": ([(33.3333,)], [(33.33,)]),
    "0.012 and 0.017": ([(0.012,)], [(0.017,)]),
    "0.5 and 50": ([(0.5,)], [(50,)]),
    "case of a text": ([("Oslo",)], [("oslo",)]),
    "trailing space of a text": ([("Oslo",)], [("Oslo ",)]),
    "texts '1.10' and '1.1' in two text columns": ([("1.10",), ("x",)], [("1.1",), ("x",)]),
    "gold empty, answer one NULL": ([], [(None,)]),
    "answer empty": ([("a",)], []),
    "extra column": ([("a",)], [("a", 1)]),
    "superset, as SELECT * gives": ([("a",), ("b",)], [(1, "a", True), (2, "b", False)]),
    "missing column": ([("a", 1)], [("a",)]),
    "gold (a, a), answer (a)": ([("a", "a")], [("a",)]),
    "right columns, rows paired anew": ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)]),
    "all cells in one column": ([("a", 1), ("b", 2)], [("a",), ("b",), (1,), (2,)]),
    "rows twice": ([("a",), ("b",)], [("a",), ("b",)] * 2),
    "whole numbers one in a million apart": ([(1_000_000,)], [(1_000_001,)]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_results_are_accepted(name: str) -> None:
    assert same(*RIGHT[name])


@pytest.mark.parametrize("name", WRONG)
def test_wrong_results_are_rejected(name: str) -> None:
    assert not same(*WRONG[name])


def test_two_empty_results_of_different_width_differ() -> None:
    assert not same([], [], "a", "a b")


def test_columns_of_one_kind_may_swap_when_their_names_say_so() -> None:
    assert same([(1, 9), (2, 8)], [(9, 1), (8, 2)], "low high", "High LOW")
    assert not same([(1, 9), (2, 8)], [(9, 1), (8, 2)], "low high", "low high")


def test_one_permutation_holds_for_all_rows() -> None:
    assert not same([("a", 1), ("b", 2)], [(1, "a"), ("b", 2)])


def test_names_that_repeat_never_permute() -> None:
    assert not same([(1, 2)], [(2, 1)], "x x", "x x")
    assert not same([(1, 1)], [(1, 2)], "x x", "x x")  # taking the first "x" twice would match


def test_order_counts_where_it_is_asked_for() -> None:
    assert not same([(1,), (2,)], [(2,), (1,)], ordered=True)
    assert "wrong order" in difference(expected_of(table([(1,), (2,)]), ordered=True), table([(2,), (1,)]))


def test_near_floats_need_their_other_cells_to_agree() -> None:
    assert not same([(0.1 + 0.2, "a"), (0.5, "b")], [(0.3, "b"), (0.5, "a")])


def test_floats_inside_lists_and_structs_have_the_same_tolerance() -> None:
    assert same([([0.1 + 0.2, 1.0], "a"), ([0.5], "b")], [([0.5], "b"), ([0.3, 1.0], "a")])
    assert same([({"x": 0.1 + 0.2},)], [({"x": 0.3},)])
    assert not same([([0.1, 0.2],)], [([0.2, 0.1],)])
    assert not same([([0.31],)], [([0.3],)])


rows = st.lists(
    st.tuples(st.none() | st.integers(-3, 3), st.text("ab", max_size=2), st.floats(-2, 2, width=32)),
    min_size=1,
    max_size=8,
)


@given(rows, st.randoms(use_true_random=False))
def test_a_shuffled_result_is_the_same_result(gold: list[tuple[object, ...]], random: object) -> None:
    shuffled = list(gold)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(gold, shuffled)


@given(rows)
def test_a_result_with_one_row_less_or_more_is_another_result(gold: list[tuple[object, ...]]) -> None:
    assert not same(gold, gold[1:]) or not gold[1:]
    assert not same(gold, [*gold, gold[0]])
