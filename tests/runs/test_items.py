"""The prompts of a small run, one by one."""

from __future__ import annotations

import pytest

from rewardkit.runs import Result, SampleRecord
from rewardkit.runs.figures import Table
from rewardkit.runs.items import Items


def listed(prompts: int, values: tuple[float | None, ...] = (1.0,)) -> Table | None:
    items = Items("g", "greedy")
    for i in range(prompts):
        for repeat, value in enumerate(values):
            cause = "error" if value is None else None
            items.add(Result("m", "greedy", f"q{i}", repeat, "g", "f0", "x", value, cause))
    return items.table(["m"], {"q0": SampleRecord(sample="q0", prompt="How\nmany?")})


@pytest.mark.parametrize(("prompts", "lines"), [(9, 9), (10, None), (11, None), (0, None)])
def test_prompts_are_listed_only_under_ten(prompts: int, lines: int | None) -> None:
    table = listed(prompts)
    assert (None if table is None else len(table.lines)) == lines


def test_a_prompt_is_named_by_its_id_and_its_text() -> None:
    table = listed(2)
    assert table is not None
    assert [label for label, _ in table.lines] == ["q0: How many?", "q1"]


def test_repeats_are_averaged_and_unscored_ones_counted() -> None:
    table = listed(1, (1.0, 0.5, None))
    assert table is not None
    assert (table.lines[0][1][0].figure, table.lines[0][1][0].small) == ("0.75", "1 of 3 unscored")


def test_a_prompt_without_a_score_is_not_zero() -> None:
    table = listed(1, (None,))
    assert table is not None
    assert table.lines[0][1][0].figure == "unscored"
