"""What holds for all results, whatever is in them."""

import math
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from result_tables import expected, table, verdict

from rewardkit.graders.sql.comparing.similarity import table_f1
from rewardkit.graders.sql.comparing.verdicts import judge

Row = tuple[object, ...]

numbers = st.integers(-3, 3) | st.sampled_from([0.5, 1 / 3, 0.1 + 0.2, 0.3, math.nan, 1e20, 1000000.5])
cells = st.one_of(
    st.none(),
    numbers,
    st.text("aA1 ", max_size=2),
    st.sampled_from([Decimal("3.10"), Decimal("0.3"), date(2024, 1, 1), b"a", True]),
    st.sampled_from(["2014", "2024-01-01", "0.3"]),
    st.lists(st.sampled_from([0.3, 0.1 + 0.2, 1]), max_size=2),
)


@st.composite
def results(draw: st.DrawFn, min_rows: int = 0) -> list[Row]:
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.tuples(*[cells] * width), min_size=min_rows, max_size=6))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Two results of one width, often nearly the same: rows and columns of the first moved, single cells changed."""
    gold = draw(results(min_rows=1))
    order = draw(st.permutations(range(len(gold[0]))))
    answer = [tuple(row[i] for i in order) for row in draw(st.permutations(gold))]
    if draw(st.booleans()):
        at, column = draw(st.integers(0, len(gold) - 1)), draw(st.integers(0, len(order) - 1))
        answer[at] = (*answer[at][:column], draw(cells), *answer[at][column + 1 :])
    return gold, answer


@given(results(), st.booleans())
def test_every_result_is_itself(rows: list[Row], ordered: bool) -> None:
    copied = [tuple(list(cell) if isinstance(cell, list) else cell for cell in row) for row in rows]
    assert verdict(rows, copied, ordered=ordered).exact


@given(pairs())
def test_two_results_are_equal_or_not_whichever_is_the_gold(pair: tuple[list[Row], list[Row]]) -> None:
    gold, answer = pair
    assert verdict(gold, answer).exact == verdict(answer, gold).exact


@given(pairs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters_where_the_gold_has_none(
    pair: tuple[list[Row], list[Row]], random: object
) -> None:
    gold, answer = pair
    shuffled = list(answer)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdict(gold, answer).exact == verdict(gold, shuffled).exact


@given(results(min_rows=1), st.data())
def test_a_single_changed_cell_is_noticed(rows: list[Row], data: st.DataObject) -> None:
    at, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    changed = list(rows)
    changed[at] = (*rows[at][:column], "changed", *rows[at][column + 1 :])
    assert not verdict(rows, changed).exact


@given(results(min_rows=1), st.data())
def test_a_dropped_or_a_doubled_row_is_noticed(rows: list[Row], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    assert not verdict(rows, [*rows[:at], *rows[at + 1 :]]).exact
    assert not verdict(rows, [*rows, rows[at]]).exact


@given(
    st.lists(st.tuples(st.integers(), st.text("abc"), st.integers(0, 999)), min_size=1, max_size=6),
    st.permutations(range(3)),
)
def test_columns_of_different_kinds_may_be_in_any_order(
    numbered: list[tuple[int, str, int]], order: list[int]
) -> None:
    rows = [(number, text, date(2024, 1, 1) + timedelta(days=days)) for number, text, days in numbered]
    assert verdict(rows, [tuple(row[i] for i in order) for row in rows]).exact


@given(pairs())
def test_a_wrong_answer_is_always_explained_in_a_line(pair: tuple[list[Row], list[Row]]) -> None:
    found = verdict(*pair)
    assert bool(found.why) == bool(found.kind) == (not found.exact)
    assert len(found.why) <= 300
    assert "\n" not in found.why


@given(results(min_rows=1))
def test_f1_is_1_for_the_result_itself_and_less_with_its_rows_doubled(rows: list[Row]) -> None:
    gold = expected(rows)
    assert table_f1(gold, table(rows)) == 1.0
    assert table_f1(gold, table([*rows, *rows])) < 1.0


@given(pairs())
def test_f1_lies_between_0_and_1_and_is_1_where_the_verdict_is_right(
    pair: tuple[list[Row], list[Row]],
) -> None:
    gold, answer = expected(pair[0]), table(pair[1])
    share = table_f1(gold, answer)
    assert 0.0 <= share <= 1.0
    assert share == 1.0 or not judge([gold], [answer]).exact
