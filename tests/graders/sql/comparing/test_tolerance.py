"""Numbers within the tolerance: marks, clusters, and rows that pair up."""

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from result_tables import verdict

from rewardkit.graders.sql.comparing.cells import Number, near
from rewardkit.graders.sql.comparing.clusters import clusters_of, marks_of
from rewardkit.graders.sql.comparing.pairing import Cells, pair_up
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules


def near_rows(a: Cells, b: Cells) -> bool:
    return all(near(x, y) for x, y in zip(a, b, strict=True))


def test_a_number_stands_for_the_mark_that_it_is_near() -> None:
    marks = marks_of([0.3, 7, Decimal("33.3")], DEFAULT_RULES)
    assert marks is not None
    assert marks.stand_ins([0.1 + 0.2, 7.0000001, 8, 33.3]) == {
        0.1 + 0.2: 0.3,
        7.0000001: 7,
        33.3: Decimal("33.3"),
    }


def test_an_exact_number_never_stands_for_another() -> None:
    marks = marks_of([10**9], DEFAULT_RULES)
    assert marks is not None
    assert marks.stand_ins([10**9 + 1]) == {}
    assert marks.stand_ins([10**9 + 1.5]) == {10**9 + 1.5: 10**9}


def test_numbers_that_crowd_are_no_marks() -> None:
    assert marks_of([1.0, 1.000002], DEFAULT_RULES) is None
    assert marks_of([1.0, 1.00001], DEFAULT_RULES) is not None
    assert marks_of([1.0, 1.1], Rules(abs_tol=0.05)) is None


def test_a_cluster_stands_for_its_lowest_number() -> None:
    found = clusters_of([0.1 + 0.2, 0.3, 0.5], DEFAULT_RULES)
    assert found.stand_ins == {0.1 + 0.2: 0.3}
    assert not found.unclear


def test_a_chain_is_unclear() -> None:
    assert clusters_of([1.0, 1.0000008, 1.0000016], DEFAULT_RULES).unclear


def test_two_exact_numbers_in_one_cluster_are_unclear() -> None:
    assert clusters_of([10**7, 10**7 + 0.5, 10**7 + 1], DEFAULT_RULES).unclear
    assert not clusters_of([1, 1.01, 1.02], Rules(abs_tol=0.02)).unclear


def test_numbers_beyond_the_floats_are_no_error() -> None:
    assert not clusters_of([10**400, 1.0, -(10**400)], DEFAULT_RULES).unclear
    assert verdict([(10**400, 0.5)], [(10**400, 0.5000000001)]).exact
    assert not verdict([(10**400, 0.5)], [(math.inf, 0.5)]).exact


def test_a_chain_does_not_make_its_ends_equal() -> None:
    gold = [(1.0, "a"), (1.0000009, "b"), (1.0000018, "c")]
    assert verdict(gold, [(1.0 + 1e-12, "a"), *gold[1:]]).exact
    assert not verdict(gold, [(1.0000018, "a"), *gold[1:]]).exact


def test_as_sets_a_chain_does_not_make_its_ends_equal_either() -> None:
    rules = Rules(duplicates="set")
    gold = [(1.0, "a"), (1.0000009, "b"), (1.0000018, "c")]
    assert verdict(gold, [(1.0 + 1e-12, "a"), *gold[1:], *gold], rules=rules).exact
    assert not verdict(gold, [(1.0000018, "a"), *gold[1:]], rules=rules).exact


def test_as_sets_every_gold_number_of_a_chain_needs_an_answer_near_it() -> None:
    rules = Rules(duplicates="set")
    gold = [(1.0,), (1.0000009,), (1.0000018,)]
    assert verdict(gold, [(1.0000009,)], rules=rules).exact
    assert not verdict(gold, [(1.0,)], rules=rules).exact
    assert not verdict(gold[:2], [*gold, (1.0000027,)], rules=rules).exact
    assert verdict(gold, [gold[0], gold[0], *gold[1:]], rules=rules, ordered=True).exact


def test_a_chain_within_an_absolute_tolerance_does_not_make_its_ends_equal() -> None:
    rules = Rules(abs_tol=0.02)
    gold = [(1.0, "a"), (1.015, "b"), (1.03, "c")]
    assert verdict(gold, [(1.01, "a"), *gold[1:]], rules=rules).exact
    assert not verdict(gold, [(1.03, "a"), *gold[1:]], rules=rules).exact


def test_rows_that_are_equal_are_paired_before_those_that_are_near() -> None:
    gold: list[Cells] = [(1.0,), (1.0000009,)]
    assert pair_up(gold, [(1.0000009,), (1.0,)], near_rows)
    assert not pair_up(gold, [(1.0000009,), (1.0000018,), (1.0,)], near_rows)


def test_a_gold_row_is_taken_once_unless_it_may_be_used_again() -> None:
    gold: list[Cells] = [(1.0,), (2.0,)]
    assert not pair_up(gold, [(1.0 + 1e-9,), (1.0 + 2e-9,)], near_rows)
    assert pair_up(gold, [(1.0 + 1e-9,), (1.0 + 2e-9,)], near_rows, reuse=True)


def test_cells_without_numbers_pair_up_at_the_bottom() -> None:
    assert pair_up([(None,), ("a",), (1.0,)], [(1.0 + 1e-9,), ("a",), (None,)], near_rows)


crowd = st.integers(0, 40).map(lambda i: 1 + i * 3e-7)


@given(st.lists(st.tuples(crowd, crowd), min_size=1, max_size=12))
def test_crowded_rows_equal_themselves_after_a_little_noise(rows: list[tuple[float, float]]) -> None:
    noisy = [(a * (1 + 1e-13), b * (1 - 1e-13)) for a, b in reversed(rows)]
    assert verdict(rows, noisy).exact


@given(st.lists(crowd, min_size=1, max_size=12), st.lists(crowd, min_size=1, max_size=12))
def test_one_column_is_equal_where_its_sorted_numbers_are_near(a: list[Number], b: list[Number]) -> None:
    exact = verdict([(x,) for x in a], [(x,) for x in b]).exact
    in_order = len(a) == len(b) and all(map(near, sorted(a), sorted(b)))
    assert in_order or not exact
