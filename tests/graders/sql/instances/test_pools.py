"""The values that made-up rows draw from."""

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_instances import CLOCK

from rewardkit.graders.sql.instances.hints import Hints
from rewardkit.graders.sql.instances.kinds import Value, kind_of, scale_of
from rewardkit.graders.sql.instances.pools import Pool, pool_of

PLACE = ("t", "c")


def pool(
    type_: str,
    shipped: Sequence[Value] = (),
    *,
    constants: Sequence[object] = (),
    patterns: Sequence[str] = (),
    totals: Sequence[float] = (),
    recent: bool = False,
) -> Pool:
    """The pool of a column of this type, which held `shipped`."""
    hints = Hints(recent=recent)
    hints.constants[PLACE] += constants
    hints.patterns[PLACE] += patterns
    hints.totals[PLACE] += totals
    return pool_of(PLACE, kind_of(type_, shipped), type_, scale_of(type_), shipped, hints, CLOCK)


def drawn(found: Pool, count: int = 300) -> set[Value]:
    """Values of all the sorts that a pool makes."""
    rng = random.Random(1)
    return {found.draw(rng, 0.2, 0.2, 0.5) for _ in range(count)}


@pytest.mark.parametrize(
    ("type_", "shipped", "constant", "hit", "beside"),
    [
        ("INTEGER", [1], 5, 5, [4, 6]),
        ("DOUBLE", [1.0], 2.5, 2.5, [2.0, 3.0, 2.51]),
        ("DECIMAL(8,2)", [], 5, "5.00", ["4.99", "5.01", "6.00"]),
        ("BOOLEAN", [], True, True, [False]),
        ("TEXT", [], "Oslo", "Oslo", ["OSLO", "Oslos", "xOslo", "Osl"]),
        ("TEXT", [], "", "", [" ", "x"]),
        ("TEXT", ["12"], "5", "5", ["4", "6"]),
        ("TEXT", ["0012"], "007", "007", ["006", "008"]),
        ("DATE", [], "2024-03-01", "2024-03-01", ["2024-02-29", "2024-03-02"]),
        ("DATE", [], 30, "2024-07-15", ["2024-07-14", "2024-07-16"]),  # days before the clock's
        ("DATE", [], 1990, "1990-06-15", ["1989-12-31", "1991-01-01"]),
        ("TEXT", ["2024-01-01"], "2024-03-01", "2024-03-01", ["2024-02-29", "2024-03-02"]),
        (
            "TIMESTAMP",
            [],
            "2024-03-01",
            "2024-03-01 00:00:00",
            ["2024-02-29 23:59:59", "2024-02-29 12:00:00"],
        ),
        (
            "TIMESTAMP",
            [],
            "2023-03-31 23:59:59",
            "2023-03-31 23:59:59",
            ["2023-04-01 00:00:00", "2023-03-31 00:00:00"],
        ),
        ("TIME", [], "13:00:00", "13:00:00", ["12:59:59", "13:00:01", "12:00:00"]),
        ("TEXT", ["09:30:00"], "13:00:00", "13:00:00", ["12:59:59"]),
        ("TEXT", ["2024-01-01T10:00:00"], "2024-03-01", "2024-03-01T00:00:00", ["2024-03-02T00:00:00"]),
    ],
)
def test_a_constant_and_what_lies_beside_it_are_in_the_notation_of_the_column(
    type_: str, shipped: list[Value], constant: object, hit: Value, beside: list[Value]
) -> None:
    found = pool(type_, shipped, constants=[constant])
    assert hit in found.constants
    assert set(beside) <= set(found.near)


def test_a_constant_of_another_kind_is_left_out() -> None:
    assert pool("INTEGER", constants=["many"]).constants == ()
    assert pool("DATE", constants=["soon"]).constants == ()


def test_a_constant_that_the_type_does_not_hold_is_left_out() -> None:
    found = pool("DECIMAL(3,2)", constants=[9.99, 100])
    assert found.constants == ("9.99",)
    assert "10.99" not in found.near


@pytest.mark.parametrize(
    ("type_", "shipped", "pattern", "notation"),
    [
        ("TEXT", ["Ann"], "%an_", ".*an.*"),
        ("DATE", [], "1990-%", r"1990-\d\d-\d\d"),
        ("DATE", [], "%-02-%", r"\d{4}-02-\d\d"),
        ("TIMESTAMP", [], "1990-0%", r"1990-0\d-\d\d \d\d:\d\d:\d\d"),
        ("TEXT", ["2024-01-01"], "2023%", r"2023-\d\d-\d\d"),
        ("INTEGER", [], "1%", r"1\d*"),
        ("TEXT", ["12"], "1%", r"1\d*"),
    ],
)
def test_what_a_pattern_matches_is_in_the_notation_of_the_column(
    type_: str, shipped: list[Value], pattern: str, notation: str
) -> None:
    found = pool(type_, shipped, patterns=[pattern])
    assert found.constants
    assert all(re.fullmatch(notation, str(value)) for value in found.constants)
    assert not {value for value in found.near if not isinstance(value, int | str)}


def test_some_values_only_just_miss_a_pattern() -> None:
    found = pool("TEXT", ["Ann"], patterns=["An%"])
    assert {"AN", "an", "xAn", "A"} <= set(found.near)


def test_parts_of_a_total_are_drawn() -> None:
    assert {"30.00", "15.00", "10.00"} <= set(pool("DECIMAL(8,2)", totals=[30]).near)


def test_an_enum_draws_its_labels_only() -> None:
    found = pool("ENUM('sad', 'it''s ok')", ["sad"], constants=["sad", "gone"])
    assert found.constants == ("sad",)
    assert drawn(found) == {"sad", "it's ok"}


def test_what_the_gold_asks_for_and_what_lies_beside_are_drawn_as_often_as_asked() -> None:
    found, rng = pool("INTEGER", [100], constants=[5]), random.Random(1)
    values = [found.draw(rng, 0.5, 0.3, 0.0) for _ in range(1000)]
    assert values.count(5) == pytest.approx(500, abs=60)
    assert values.count(4) + values.count(6) == pytest.approx(300, abs=60)


@pytest.mark.parametrize(
    ("type_", "shipped", "notation"),
    [
        ("TEXT", ["2024-01-31"], r"\d{4}-\d\d-\d\d"),
        ("TEXT", ["2024-01-31 10:00:00"], r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
        ("TEXT", ["2024-01-31T10:00:00"], r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
        ("TEXT", ["0012"], r"\d{4}"),
        ("TEXT", ["9", "10"], r"0|[1-9]\d*"),
        ("DECIMAL(5,1)", ["3.5"], r"-?\d+\.\d"),
        ("UUID", [], r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("TIME", [], r"\d\d:\d\d:\d\d"),
        ("INTEGER[]", ["[1, 2]"], r"\[1, 2\]"),
    ],
)
def test_made_up_values_keep_the_format_of_the_column(
    type_: str, shipped: list[Value], notation: str
) -> None:
    assert {value for value in drawn(pool(type_, shipped)) if not re.fullmatch(notation, str(value))} == set()


@pytest.mark.parametrize(
    ("type_", "shipped"),
    [("UTINYINT", [0, 255]), ("TINYINT", [-128, 127]), ("DECIMAL(3,2)", ["9.99"]), ("DECIMAL(2,2)", [])],
)
def test_made_up_numbers_fit_their_type(type_: str, shipped: list[Value]) -> None:
    found = pool(type_, shipped, constants=[0, 9])
    low, high = found.limits
    assert all(low <= float(str(value)) <= high for value in drawn(found))


def test_moments_are_made_up_round_the_clock_where_the_gold_reads_it() -> None:
    found = pool("DATE", ["1990-01-01"], recent=True)
    assert sum(str(value) > "2020" for value in drawn(found)) > 20
    assert not any(str(value) > "2020" for value in drawn(pool("DATE", ["1990-01-01"])))


@given(
    st.sampled_from(["INTEGER", "TEXT", "DATE", "DOUBLE", "DECIMAL(6,2)", "UUID", "TIMESTAMP"]),
    st.integers(0, 2**32),
)
def test_keys_never_repeat(type_: str, seed: int) -> None:
    found, rng, taken = pool(type_), random.Random(seed), list[Value]()
    for _ in range(40):
        key = found.key(rng, taken)
        assert key is not None
        assert key not in taken
        taken.append(key)


def test_keys_are_drawn_from_what_is_free_where_the_type_ends() -> None:
    found = pool("TINYINT", [126, 127])
    assert found.key(random.Random(1), [126, 127]) == 125


def test_there_is_no_key_where_all_values_are_taken() -> None:
    assert pool("BOOLEAN").key(random.Random(1), [True, False]) is None


def test_numbers_without_end_do_not_matter() -> None:
    found = pool("DOUBLE", [float("inf"), float("nan"), 2.0])
    assert found.key(random.Random(1), found.shipped) in (3, 4, 5)
    assert len(drawn(found)) > 10


def test_today_lies_beside_what_is_compared_with_a_day_that_the_clock_tells() -> None:
    assert {"2024-08-14", "2024-08-15"} <= set(pool("DATE", constants=["2024-07-15"], recent=True).near)
    assert "2024-08-14" not in pool("DATE", recent=True).near


def test_what_another_column_is_compared_with_lies_beside_a_text() -> None:
    hints = Hints()
    hints.constants[PLACE].append("JFK")
    hints.constants["t", "other"].append("LAX")
    hints.constants["u", "c"].append("SFO")
    found = pool_of(PLACE, "text", "TEXT", 0, [], hints, CLOCK).near
    assert "LAX" in found
    assert "SFO" not in found


def test_an_empty_text_lies_beside_what_is_asked_whether_it_is_null() -> None:
    hints = Hints(absent={PLACE})
    assert "" in pool_of(PLACE, "text", "TEXT", 0, [], hints, CLOCK).near
    assert "" not in pool("TEXT").near


@pytest.mark.parametrize(
    ("type_", "value", "by", "moved"),
    [
        ("DATE", "2024-02-28", 2, "2024-03-01"),
        ("TIMESTAMP", "2024-02-28", 0.5, "2024-02-28 12:00:00"),
        ("INTEGER", 5, -3, 2),
        ("DECIMAL(8,2)", "5.25", 1, "6.25"),
        ("DOUBLE", 1.5, 1, 2.5),
        ("INTEGER", "many", 1, None),
        ("DATE", "soon", 1, None),
        ("TEXT", "5", 1, None),
    ],
)
def test_a_value_is_moved_in_the_notation_of_the_column(
    type_: str, value: Value, by: float, moved: Value
) -> None:
    assert pool(type_).moved(value, by) == moved


@pytest.mark.parametrize(
    ("type_", "constants", "above", "below"),
    [
        ("INTEGER", [4, 9], [10], [3]),
        ("DECIMAL(8,2)", [5], ["5.01", "6.00"], ["4.99"]),
        ("DATE", ["2024-03-01"], ["2024-03-02"], ["2024-02-29"]),
        ("TEXT", ["b"], [], []),
        ("INTEGER", [], [], []),
    ],
)
def test_values_on_one_side_of_all_that_the_conditions_ask_for(
    type_: str, constants: list[object], above: list[Value], below: list[Value]
) -> None:
    found = pool(type_, constants=constants)
    assert (found.on_side("above"), found.on_side("below")) == (above, below)


def test_keys_that_are_texts_match_the_pattern_that_the_gold_asks_for_more_than_once() -> None:
    found = pool("TEXT", ["k1"], patterns=["%m5%"])
    rng, taken = random.Random(1), set[Value]()
    for _ in range(60):
        taken.add(found.key(rng, taken))
    assert sum(found.meets(key) for key in taken) > 10
