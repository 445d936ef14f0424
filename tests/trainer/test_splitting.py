"""Rows in folds: each is held out once, and what belongs together is never on both sides."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.samples import Sample
from rewardkit.trainer.rows.splitting import folds_of, grouped

PROMPTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40)
GROUPS = st.lists(st.integers(0, 12), min_size=1, max_size=40)


def samples_of(marks: list[tuple[int, int]]) -> list[Sample]:
    return [Sample(f"s{i}", f"prompt {p}", {"db": f"db {c}"}) for i, (p, c) in enumerate(marks)]


@given(GROUPS, st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_every_row_is_in_exactly_one_fold_and_no_fold_is_empty(
    groups: list[int], folds: int, seed: int
) -> None:
    found = folds_of(groups, min(folds, len(set(groups))), seed=seed)
    assert sorted(place for fold in found for place in fold) == list(range(len(groups)))
    assert all(found)


@given(PROMPTS, st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_no_prompt_and_no_cluster_is_on_both_sides(
    marks: list[tuple[int, int]], folds: int, seed: int
) -> None:
    groups = grouped(samples_of(marks), "db")
    for fold in folds_of(groups, min(folds, len(set(groups))), seed=seed):
        inside = [marks[place] for place in fold]
        outside = [marks[place] for place in range(len(marks)) if place not in fold]
        for side in (0, 1):
            assert not {mark[side] for mark in inside} & {mark[side] for mark in outside}


@given(PROMPTS)
def test_rows_that_nothing_links_are_in_groups_of_their_own(marks: list[tuple[int, int]]) -> None:
    # The groups are the connected parts of the graph of shared marks, found here by growing each from its first row.
    parts: list[set[int]] = []
    for place in range(len(marks)):
        if any(place in part for part in parts):
            continue
        part, before = {place}, 0
        while len(part) > before:
            before = len(part)
            prompts, clusters = {marks[p][0] for p in part}, {marks[p][1] for p in part}
            part |= {p for p, (a, b) in enumerate(marks) if a in prompts or b in clusters}
        parts.append(part)
    groups = grouped(samples_of(marks), "db")
    assert sorted(Counter(groups).values()) == sorted(map(len, parts))
    assert all(len({groups[place] for place in part}) == 1 for part in parts)


def test_single_rows_are_dealt_out_evenly_and_by_the_seed() -> None:
    folds = folds_of(range(14), 4, seed=0)
    assert sorted(map(len, folds)) == [3, 3, 4, 4]
    assert folds == folds_of(range(14), 4, seed=0) != folds_of(range(14), 4, seed=1)


def test_a_row_without_the_cluster_column_is_grouped_by_its_prompt() -> None:
    samples = [Sample("a", "one", {"db": "x"}), Sample("b", "two", {}), Sample("c", "three", {})]
    assert grouped(samples, "db") == [0, 1, 2]


def test_more_folds_than_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 2, the number of groups; got 3"):
        folds_of([0, 0, 1], 3, seed=0)
