import sqlite3
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stopwatch import within

from rewardkit.graders.sql.engines.sqlite_functions import bounded_functions
from rewardkit.graders.sql.engines.sqlite_limits import Bounds
from rewardkit.graders.sql.engines.sqlite_loading import connect

OURS = connect(bounded_functions(Bounds(2_000)))
NATIVE = sqlite3.connect(":memory:")

texts = st.text(alphabet="ab é1.", max_size=6)
cells = st.one_of(
    st.none(), texts, st.integers(-99, 10**12), st.floats(allow_nan=False), texts.map(str.encode)
)


@given(st.sampled_from(["instr", "trim", "ltrim", "rtrim"]), cells, cells)
def test_two_arguments_give_what_sqlite_gives(name: str, value: object, part: object) -> None:
    call = f"SELECT {name}(?, ?)"
    assert OURS.execute(call, (value, part)).fetchone() == NATIVE.execute(call, (value, part)).fetchone()


@given(cells, cells, cells)
def test_replace_gives_what_sqlite_gives(value: object, old: object, new: object) -> None:
    call = "SELECT replace(?, ?, ?)"
    assert (
        OURS.execute(call, (value, old, new)).fetchone() == NATIVE.execute(call, (value, old, new)).fetchone()
    )


@given(st.sampled_from(["%d", "%5.2f|%s", "%,d", "%.3d%%", "%-8sx", "%c%c", "%q", "%*d", ""]), cells, cells)
def test_printf_gives_what_sqlite_gives(pattern: str, first: object, second: object) -> None:
    call = "SELECT printf(?, ?, ?), format(?, ?, ?)"
    values = (pattern, first if isinstance(first, int) and "*" not in pattern else 7, second) * 2
    assert OURS.execute(call, values).fetchone() == NATIVE.execute(call, values).fetchone()


@pytest.mark.parametrize(
    "call",
    [
        "instr(x, y || 'b')", "length(replace(x, y || 'b', ''))", "length(trim(x, y || 'b'))", "length(replace(x, 'a', x))",
        "printf('%.*c', 2000000000, 'x')", "printf('%2000000000d', 1)", "printf('%*d', '2000000000', 1)", "printf('%.*f', 2e9, 1.5)",
    ],
)  # fmt: skip
def test_calls_that_would_take_sqlite_minutes_end_at_once(call: str) -> None:
    a = "replace(hex(zeroblob({})), '0', 'a')"
    sql = f"WITH s AS MATERIALIZED (SELECT {a.format(500_000)} AS x, {a.format(250_000)} AS y) SELECT {call} FROM s"
    with within(5), suppress(sqlite3.DataError):  # string or blob too big
        OURS.execute(sql).fetchall()


def test_a_call_on_a_long_text_looks_at_the_deadline() -> None:
    bounds = Bounds(0)
    with closing(connect(bounded_functions(bounds))) as connection:
        bounds.start()
        assert connection.execute("SELECT instr('abc', 'c')").fetchone() == (3,)
        with pytest.raises(sqlite3.OperationalError, match="user-defined function"):
            connection.execute("SELECT instr(hex(zeroblob(5000)), '1')").fetchone()
