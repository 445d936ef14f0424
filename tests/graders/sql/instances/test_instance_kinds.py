"""What a column is told to hold."""

import math
from datetime import date, datetime

import pytest

from rewardkit.graders.sql.instances.kinds import (
    Value,
    as_moment,
    as_text,
    kind_of,
    limits_of,
    scale_of,
    shifted,
)


@pytest.mark.parametrize(
    ("type_", "values", "kind"),
    [
        ("BIGINT", [1, None], "integer"),
        ("SMALLINT", [], "integer"),
        ("INT", ["many"], "other"),  # SQLite holds what it is given
        ("DOUBLE", [1.5], "float"),
        ("NUMERIC(10, 2)", ["1.50"], "decimal"),
        ("BOOLEAN", [True], "boolean"),
        ("DATE", ["2024-01-02"], "date"),
        ("TIMESTAMP WITH TIME ZONE", [], "timestamp"),
        ("DATETIME", [], "timestamp"),
        ("VARCHAR(20)", ["Oslo", "12"], "text"),
        ("TEXT", [None], "text"),
        ("TEXT", ["2024-01-02", None], "date text"),
        ("TEXT", ["2024-01-02 10:00:00"], "timestamp text"),
        ("TEXT", ["2024-01-02T10:00:00"], "timestamp T text"),
        ("TEXT", ["09:30:00", "23:59:59"], "time text"),
        ("TIME", [], "time"),
        ("TEXT", ["007", "12"], "number text"),
        ("", [1, 2], "integer"),
        ("", [1, 2.5], "float"),
        ("INTEGER[]", [], "other"),
        ("UUID", [], "other"),
    ],
)
def test_the_type_and_the_values_tell_the_kind(type_: str, values: list[Value], kind: str) -> None:
    assert kind_of(type_, values) == kind


@pytest.mark.parametrize(
    ("type_", "scale", "limits"),
    [
        ("DECIMAL(3,2)", 2, (-9.99, 9.99)),
        ("DECIMAL(2, 2)", 2, (-0.99, 0.99)),
        ("NUMERIC", 2, (-math.inf, math.inf)),
        ("TINYINT", 2, (-128, 127)),
        ("UTINYINT", 2, (0, 255)),
        ("INTEGER", 2, (-(2**31), 2**31 - 1)),
        ("DOUBLE", 2, (-math.inf, math.inf)),
    ],
)
def test_the_type_bounds_its_numbers(type_: str, scale: int, limits: tuple[float, float]) -> None:
    assert scale_of(type_) == scale
    assert limits_of(type_) == pytest.approx(limits)


def test_a_wide_decimal_is_bounded_by_what_a_float_holds() -> None:
    low, high = limits_of("DECIMAL(38,20)")
    assert 10**15 - 1 <= high <= 10**15
    assert low == -high


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-01-02", datetime(2024, 1, 2)),
        (" 2024-01-02 03:04:05+02:00 ", datetime(2024, 1, 2, 3, 4, 5)),
        (date(2024, 1, 2), datetime(2024, 1, 2)),
        ("soon", None),
        (2024, None),
    ],
)
def test_moments_are_read_from_texts_and_dates(value: object, moment: datetime | None) -> None:
    assert as_moment(value) == moment


def test_a_moment_is_written_as_the_column_writes_it() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5)
    assert as_text(moment, "date text") == "2024-01-02"
    assert as_text(moment, "timestamp text") == "2024-01-02 03:04:05"
    assert as_text(moment, "timestamp T text") == "2024-01-02T03:04:05"


def test_a_moment_is_not_moved_off_the_calendar() -> None:
    assert shifted(datetime(9999, 12, 31), 400) == datetime(9999, 12, 31)
