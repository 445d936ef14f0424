from __future__ import annotations

import enum
import os
import struct
import subprocess
import sys
import time
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from writing import WriteFile

from rewardkit.scoring.keys import MAX_DEPTH, key_of

# Texts that look like what the key is made of: tags, lengths, separators.
LOOKALIKES = st.text("s1:2dlmtfi;\0\n\ud800é", max_size=6)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats()
    | st.sampled_from([0.0, -0.0, 1.0, float("nan"), 2**64, 10**4000])
    | LOOKALIKES
    | st.binary(max_size=3)
    | st.decimals()
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=1))]))
    | st.times()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(LOOKALIKES | st.integers(0, 2) | st.booleans(), inner, max_size=3)
    ),
    max_leaves=6,
)
CALLS = st.dictionaries(st.sampled_from(["a", "b", "ab"]), VALUES, max_size=3)


def told_apart(value: Any) -> object:
    """What a grader could see of a value, types and the order of keys included, as something to compare."""
    kind = type(value).__name__
    if isinstance(value, float):
        return kind, struct.pack("<d", value)
    if isinstance(value, list | tuple):
        return kind, [told_apart(item) for item in value]
    if isinstance(value, dict):
        return kind, [(told_apart(key), told_apart(item)) for key, item in value.items()]
    if isinstance(value, Decimal):
        return kind, value.as_tuple()
    if isinstance(value, datetime):
        return kind, value.replace(tzinfo=None), value.fold, value.tzname()
    return kind, value


def call_apart(call: dict[str, Any]) -> object:
    return [(name, told_apart(call[name])) for name in sorted(call)]


@given(CALLS, CALLS)
@example({"a": 1}, {"a": True})
@example({"a": 1}, {"a": 1.0})
@example({"a": "b"}, {"ab": ""})
@example({"a": ["1", "2"]}, {"a": ["12"]})
@example({"a": [["1"], "2"]}, {"a": [["1", "2"]]})
@example({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}})
@example({"a": "\ud83d\ude00"}, {"a": "😀"})
@example({"a": Decimal("1.0")}, {"a": Decimal("1.00")})
def test_two_calls_have_one_key_only_when_a_grader_cannot_tell_them_apart(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (key_of("f", one) == key_of("f", other)) == (call_apart(one) == call_apart(other))


@given(CALLS)
def test_the_order_in_which_arguments_are_given_does_not_count(call: dict[str, Any]) -> None:
    backwards = dict(reversed(call.items()))
    assert key_of("f", call) == key_of("f", backwards) is not None


@given(CALLS)
def test_another_fingerprint_gives_another_key(call: dict[str, Any]) -> None:
    assert key_of("f", call) != key_of("g", call)


class Label(str):
    """A text with behaviour of its own."""


class Number(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1},
        frozenset(),
        bytearray(b"x"),
        Label("x"),
        Number.ONE,
        np.float64(1),
        np.zeros(2),
        OrderedDict(x=1),
        namedtuple("Pair", "x")(1),
        1j,
        datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_another_type_is_not_reusable(value: object) -> None:
    assert key_of("f", {"a": value}) is None
    assert key_of("f", {"a": [{"b": value}]}) is None


@pytest.mark.parametrize(
    "value",
    [
        "\ud800",
        "a\0b",
        "",
        "x" * 10_000_000,
        b"\xff" * 10_000,
        10**5000,
        -(2**64),
        float("inf"),
        float("nan"),
    ],
    ids=lambda value: f"{type(value).__name__} {value!r:.8}" if not isinstance(value, int) else "int",
)
def test_awkward_values_have_a_key(value: object) -> None:
    assert key_of("f", {"a": value}) == key_of("f", {"a": value}) is not None


def test_a_moment_is_told_from_the_same_moment_elsewhere_and_from_its_date() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    moments = [
        noon,
        noon.astimezone(timezone(timedelta(hours=1))),
        noon.replace(tzinfo=None),
        noon.replace(tzinfo=None, fold=1),
        noon.date(),
        noon.time(),
        time_of_day(12, fold=1),
        date(2026, 1, 2),
    ]
    assert len({key_of("f", {"a": moment}) for moment in moments}) == len(moments)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_has_a_limit() -> None:
    assert key_of("f", {"a": nested(MAX_DEPTH)}) is not None
    assert key_of("f", {"a": nested(MAX_DEPTH + 1)}) is None
    assert key_of("f", {"a": nested(100_000)}) is None


def test_a_list_in_itself_and_one_that_multiplies_end_at_the_limits() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert key_of("f", {"a": endless}) is None
    twice: list[Any] = []
    for _ in range(50):  # 2**50 values
        twice = [twice, twice]
    assert key_of("f", {"a": twice}) is None
    assert key_of("f", {"a": list(range(1_000_000))}) is None


def test_a_caller_at_the_end_of_its_stack_gets_no_recursion_error() -> None:
    def deeper(found: list[bytes | None]) -> None:
        found.append(key_of("f", {"a": nested(MAX_DEPTH)}))
        deeper(found)

    found: list[bytes | None] = []
    with pytest.raises(RecursionError) as raised:
        deeper(found)
    # The stack may also end on entering key_of; inside it, it never does.
    assert raised.traceback[-1].name in ("deeper", "nested", "key_of")
    assert None in found


def settle(path: Path) -> Path:
    """As if the file had been written some time ago."""
    moment = time.time() - 60
    os.utime(path, (moment, moment))
    return path


def test_a_file_that_changes_changes_the_key_of_its_name(write: WriteFile) -> None:
    path = settle(write("shop.sqlite", "one"))
    call = {"database": "shop.sqlite", "more": {"nested": [str(path)]}}
    first = key_of("f", call)
    assert first == key_of("f", call) is not None
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    second = key_of("f", call)
    settle(write("shop.sqlite", "longer"))
    third = key_of("f", call)
    path.unlink()
    assert len({first, second, third, key_of("f", call)}) == 4


def test_a_file_swapped_for_one_of_the_same_size_and_date_changes_the_key(write: WriteFile) -> None:
    path = settle(write("shop.sqlite", "one"))
    state = path.stat()
    dates = (state.st_atime_ns, state.st_mtime_ns)
    keys = [key_of("f", {"database": "shop.sqlite"})]
    time.sleep(0.02)  # a tick of the file system's clock
    path.write_text("two")  # as rsync --inplace -t
    os.utime(path, ns=dates)
    keys.append(key_of("f", {"database": "shop.sqlite"}))
    other = write("new.sqlite", "six")  # as cp -p, then mv
    os.utime(other, ns=dates)
    other.replace(path)
    keys.append(key_of("f", {"database": "shop.sqlite"}))
    assert path.stat().st_size == state.st_size
    assert None not in keys
    assert len(set(keys)) == 3


def test_a_file_inside_another_value_counts_too(write: WriteFile) -> None:
    path = settle(write("shop.sqlite", "one"))
    keys = [key_of("f", {"sample": {"id": 1, "files": [str(path)]}})]
    settle(write("shop.sqlite", "longer"))
    keys.append(key_of("f", {"sample": {"id": 1, "files": [str(path)]}}))
    assert keys[0] != keys[1]


def test_a_file_written_this_moment_is_not_reusable(write: WriteFile) -> None:
    # A second change of the same size within one tick of the clock would not show.
    path = write("shop.sqlite", "one")
    ahead = time.time() + 60
    os.utime(path, (ahead, ahead))
    assert key_of("f", {"database": "shop.sqlite"}) is None


def test_a_file_in_the_home_folder_is_seen(write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path.cwd()))
    without = key_of("f", {"database": "~/shop.sqlite"})
    settle(write("shop.sqlite", "one"))
    assert key_of("f", {"database": "~/shop.sqlite"}) not in (without, None)


def test_the_key_is_the_same_in_every_process_and_release() -> None:
    # A change here makes every stored score unfindable: raise score_file.VERSION too, so that files begin anew.
    call = "{'completion': 'The total is 42.', 'reference': [42, 4.2, None, {'b': True, 'a': b'x'}]}"
    script = f"from rewardkit.scoring.keys import key_of; print(key_of('9f86d081', {call}).hex())"
    keys = set()
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        keys.add(ran.stdout.strip())
    assert keys == {"d5d5e60635ae4bfb48c3834861672161"}


def test_a_declared_file_counts_by_its_content_instead_of_its_date(write: WriteFile) -> None:
    settle(write("shop.sql", "one"))
    call = {"completion": "a", "database": "shop.sql"}
    first, again = key_of("f", call, {"shop.sql": "1"}), key_of("f", call)
    write("shop.sql", "one")  # just now, which gives no key to a file that is not declared
    assert key_of("f", call, {"shop.sql": "1"}) == first is not None
    assert len({first, again, key_of("f", call, {"shop.sql": "2"}), key_of("f", call, {"a": "1"})}) == 4
