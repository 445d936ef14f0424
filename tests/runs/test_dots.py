"""Shares with their intervals on a common axis: which lines there are, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from rewardkit.runs import StageRow
from rewardkit.runs.dots import Dots, parts_of, split_slice, stages_dots, worst_part


def row(mean: float, part: str | None = None, name: str = "m", prompts: int = 50, **changes: Any) -> StageRow:
    fields = {
        "name": name,
        "grader": "g",
        "metric": "solved",
        "decoding": "greedy",
        "prompts": prompts,
        "k": 1,
    }
    few = prompts < 10
    interval = {"low": None if few else mean - 0.1, "high": None if few else mean + 0.1}
    return StageRow.model_validate(
        {**fields, **interval, "mean": mean, "unscored": 0, "slice": part, **changes}
    )


def labels(dots: Dots) -> list[str]:
    return [line.label for line in dots.lines]


@pytest.mark.parametrize(
    ("name", "parts"),
    [("family = join", ("family", "join")), ("a = b = c", ("a", "b = c")), ("join", ("", "join"))],
)
def test_a_part_is_a_column_and_a_value_where_a_column_names_it(name: str, parts: tuple[str, str]) -> None:
    assert split_slice(name) == parts


def test_parts_are_grouped_by_column_and_the_worst_stands_first() -> None:
    rows = [row(0.5), row(0.7, "family = a"), row(0.2, "family = b"), row(0.4, "season = x")]
    found = parts_of(rows, "m")
    assert [(dots.title, labels(dots)) for dots in found] == [("By family", ["b", "a"]), ("By season", ["x"])]


def test_the_order_of_parts_is_that_of_the_model_that_the_page_is_about() -> None:
    rows = [
        row(mean, f"f = {part}", name)
        for name, *means in (("a", 0.1, 0.9), ("b", 0.8, 0.3))
        for part, mean in zip("xy", means, strict=True)
    ]
    assert labels(parts_of(rows, "b")[0]) == ["y", "x"]


def test_a_part_of_under_ten_prompts_is_apart_and_never_the_worst() -> None:
    rows = [row(0.5, "f = big"), row(0.0, "f = small", prompts=9)]
    found = parts_of(rows, "m")[0]
    assert (labels(found), [line.label for line in found.few]) == (["big"], ["small"])
    worst = worst_part(rows, "m")
    assert worst is not None
    assert (worst[0].slice, worst[1]) == ("f = big", 1)


def test_of_many_parts_the_better_ones_are_folded_away() -> None:
    found = parts_of([row(i / 100, f"f = {i}") for i in range(50)], "m")[0]
    assert (len(found.lines), len(found.folded)) == (20, 30)
    assert labels(found)[0] == "0"


def test_a_model_has_the_same_colour_in_every_part() -> None:
    rows = [row(0.5, f"f = {part}", name) for part in "xy" for name in ("a", "b")]
    found = parts_of(rows, "a")[0]
    assert [[dot.series for dot in line.dots] for line in found.lines] == [[0, 1], [0, 1]]


def test_nothing_scored_makes_no_table() -> None:
    assert stages_dots([row(0.5).model_copy(update={"mean": None})], None) is None
