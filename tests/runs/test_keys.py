"""The keys of a run, kept small: they are a set all the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rewardkit.runs import ResultKey
from rewardkit.runs.keys import Keys

NAMES = st.sampled_from(["", "a", "b", "\ud800"])
KEYS = st.builds(
    ResultKey, NAMES, st.sampled_from(["greedy", "given"]), NAMES, st.integers(0, 200), NAMES, NAMES
)


@given(st.lists(KEYS), st.lists(KEYS))
def test_keys_are_a_set(put: list[ResultKey], asked: list[ResultKey]) -> None:
    keys, exact = Keys(), set(put)
    news = sum(keys.add(key) for key in put)
    assert news == len(keys) == len(exact)
    assert set(keys) == exact
    assert [key in keys for key in asked] == [key in exact for key in asked]


def test_asking_adds_nothing() -> None:
    keys = Keys()
    assert ResultKey("m", "given", "q1", 0, "g", "f") not in keys
    assert "q1" not in keys
    assert list(keys) == []


def test_a_hundred_thousand_repeats_of_one_sample_are_kept_apart() -> None:
    keys = Keys(ResultKey("m", "given", "q1", repeat, "g", "f") for repeat in range(0, 100_000, 2))
    assert len(keys) == 50_000
    assert ResultKey("m", "given", "q1", 77_777, "g", "f") not in keys
