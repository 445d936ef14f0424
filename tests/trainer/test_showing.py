"""What few rows can show, in words."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from rewardkit.runs import Result
from rewardkit.samples import Sample
from rewardkit.trainer.rows.data import Samples
from rewardkit.trainer.rows.showing import can_show, item_rows, trained_on


def held_out(count: int, groups: int | None = None) -> Samples:
    rows = tuple(Sample(f"s{i}", f"prompt {i}", {}) for i in range(count))
    return Samples(
        (), rows, clusters=None if groups is None else {f"s{i}": str(i % groups) for i in range(count)}
    )


@pytest.mark.parametrize("count", [10, 12, 50, 300])
def test_the_difference_is_that_of_a_paired_t_test_at_its_worst(count: int) -> None:
    # Two shares of one half that go together at 0.5: their difference has the standard deviation sqrt(2 x 0.5) x 0.5.
    quantiles = stats.t.ppf(0.975, count - 1) + stats.t.ppf(0.8, count - 1)
    points = 100 * quantiles * 0.5 / math.sqrt(count)
    assert can_show(held_out(count)).startswith(
        f"{count} held-out prompts show a true difference of {points:.0f} points 4 times in 5"
    )


def test_a_difference_of_that_size_is_found_four_times_in_five() -> None:
    # The same by counting: pairs whose differences have mean 44 points and that standard deviation, tested as a run is compared.
    draws = stats.norm.rvs(0.444, 0.5, size=(4000, 12), random_state=0)
    found = stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_under_ten_prompts_nothing_is_promised() -> None:
    assert can_show(held_out(9)) == (
        "9 held-out prompts: under 10 prompts no interval and no difference will be given; they are listed one by one"
    )


def test_prompts_that_belong_together_count_as_one() -> None:
    assert can_show(held_out(40, groups=12)).startswith(
        "40 held-out prompts in 12 groups show a true difference of 44 points"
    )
    assert can_show(held_out(40, groups=9)).startswith(
        "40 held-out prompts in 9 groups: under 10 groups no interval"
    )


def test_held_out_prompts_that_were_trained_on_are_counted() -> None:
    names = [
        "harbour",
        "lantern",
        "orchard",
        "violin",
        "glacier",
        "saddle",
        "chimney",
        "compass",
        "meadow",
        "anchor",
    ]
    rows = [
        Sample(name, f"Which street of the old town leads to the {name} and the {name} house?", {})
        for name in names
    ]
    (line,) = trained_on(Samples(tuple(rows[:3]), tuple(rows), expert=(rows[4],)))
    assert line.startswith("4 of 10 held-out prompts stand in the training files too")
    assert trained_on(Samples(tuple(rows[:5]), tuple(rows[5:]))) == []
    assert trained_on(Samples(tuple(rows), tuple(rows), source="train")) == []


def test_prompts_one_by_one_are_means_over_their_scored_repeats() -> None:
    def result(repeat: int, value: float | None) -> Result:
        cause = None if value is not None else "error"
        return Result("base", "sampled", "s", repeat, "g", "f", "text", value, cause)  # type: ignore[arg-type]

    [row] = item_rows([result(0, 1.0), result(1, 0.5), result(2, None)], pass_at={"g": 1.0})
    assert (row.sample, row.score, row.solved) == ("s", 0.75, 0.5)
    [none] = item_rows([result(0, None)], pass_at={})
    assert (none.score, none.solved) == (None, None)
