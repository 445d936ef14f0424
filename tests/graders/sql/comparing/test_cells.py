import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.graders.sql.comparing.cells import Special, kind_of, near, plain, read_text
from rewardkit.graders.sql.comparing.rules import Rules


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
        (0.1 + 0.2 - 0.3, 0),  # what is left when floats cancel out
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (time(10, 30), "10:30:00"),
        (datetime(2024, 1, 1, tzinfo=UTC), date(2024, 1, 1)),
        (datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), date(2024, 1, 1)),
        (
            datetime(1, 1, 1, 5, tzinfo=timezone(timedelta(hours=9))),
            datetime(1, 1, 1, 5),
        ),  # has no time in UTC
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


def test_strict_types_keep_dates_times_and_ids_apart_from_what_they_look_like() -> None:
    strict = Rules(types="strict")
    assert plain(datetime(2024, 1, 1), strict) != plain(date(2024, 1, 1), strict)
    for value in (time(10, 30), timedelta(hours=1), UUID(int=5)):
        assert plain(value, strict) != plain(str(value), strict)


def test_loose_text_has_no_case_and_no_outer_blanks() -> None:
    loose = Rules(text="loose")
    assert plain([" Straße "], loose) == plain(["STRASSE"], loose)
    assert plain("a b", loose) != plain("ab", loose)


def test_nan_may_be_its_own_value_and_then_equals_itself() -> None:
    apart = Rules(null_is_nan=False)
    assert plain(math.nan, apart) is plain(Decimal("NaN"), apart) is Special.NAN
    assert near(plain(math.nan, apart), plain(float("nan"), apart), apart)
    assert plain(None, apart) is None


def test_an_absolute_tolerance_holds_for_exact_numbers_too() -> None:
    cents = Rules(abs_tol=0.01)
    assert near(Decimal("33.34"), Decimal("33.33"), cents)
    assert near(33.34, 33.33, cents)
    assert not near(1000000, 1000001, cents)


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
