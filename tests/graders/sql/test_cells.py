import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.graders.sql.comparing.cells import kind_of, near, plain, read_text


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (None, math.nan),
        (3, 3.0),
        (True, 1),
        (Decimal("3.10"), 3.1),
        (0.3, 0.1 + 0.2),
        (Decimal("33.333333333"), 100 / 3),
        (datetime(2024, 1, 1), date(2024, 1, 1)),
        ([1, 2.0], (1.0, 2)),
        ([0.1 + 0.2], [0.3]),
        ({"a": [0.1 + 0.2, None]}, {"a": [0.3, None]}),
        (1e20, 10**20),
    ],
)
def test_values_that_mean_the_same_are_equal(a: object, b: object) -> None:
    assert near(plain(a), plain(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (None, 0),
        (None, ""),
        (0, ""),
        ("a", "A"),
        ("a", "a "),
        (0.5, 50),
        (0.012, 0.017),
        (33.3333, 33.33),
        (1000000, 1000001),  # within one in a million, but both are whole
        (Decimal("1234567.89"), Decimal("1234567.90")),  # both exact: money
        (datetime(2024, 1, 1, 0, 0, 1), date(2024, 1, 1)),
        (float("inf"), 1e308),
        (b"a", "a"),
        ([0.3], [0.31]),
        ([0.3], [0.3, 0.3]),
        ([1000000], [1000001]),
    ],
)
def test_values_that_differ_stay_different(a: object, b: object) -> None:
    assert not near(plain(a), plain(b))


def test_text_is_read_as_a_number_or_a_date_only_where_it_plainly_is_one() -> None:
    assert [read_text(text) for text in ("2014", "-3.50", "2014-02-03", "2014-02-03 00:00:00")] == [
        2014,
        Decimal("-3.50"),
        date(2014, 2, 3),
        date(2014, 2, 3),
    ]
    assert [read_text(text) for text in ("007", "1e5", "2014-13-45", "", "1,000")] == [
        "007",
        "1e5",
        "2014-13-45",
        "",
        "1,000",
    ]


def test_nulls_do_not_decide_what_a_column_holds() -> None:
    assert kind_of([None, 1, 2.5]) == "number"
    assert kind_of([None]) == "null"
    assert kind_of(["a", 1]) == "other"


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.text(),
        st.binary(),
        st.dates(),
        st.datetimes(),
    )
)
def test_every_value_is_plain_hashable_and_equal_to_itself(value: object) -> None:
    cell = plain(value)
    assert hash(cell) == hash(plain(value))
    assert near(cell, cell)
