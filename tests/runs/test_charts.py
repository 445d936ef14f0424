"""Charts are valid SVG that says in words what it shows."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

from rewardkit.runs.charts import Series, Whisker, curves, dot_whisker, ends, histogram, stacked


def drawn(chart: str) -> ET.Element:
    return ET.fromstring(chart)


def test_a_dot_and_whisker_chart_says_its_figures_in_words() -> None:
    chart = drawn(dot_whisker([Whisker("After RFT", "greedy", 0.81, 0.76, 0.85)], "Share solved"))
    assert chart.get("role") == "img"
    assert chart.get("aria-label") == "Share solved. After RFT greedy 81 %, interval 76 to 85 %"


def test_a_dot_without_an_interval_has_no_whisker() -> None:
    chart = drawn(dot_whisker([Whisker("m", "", 0.5, None, None)], "t"))
    assert [line.get("class") for line in chart.iter("line")] == ["grid"] * 5


def test_labels_are_escaped_and_made_visible() -> None:
    chart = dot_whisker([Whisker("<script>\u202e", '"&', 0.5, None, None)], "<b>")
    assert "<script" not in chart
    assert "\u202e" not in chart
    drawn(chart)


def test_a_curve_is_broken_where_a_value_is_not_finite() -> None:
    chart = drawn(curves([Series("reward", [(1, 0.1), (2, math.nan), (3, 0.3), (4, math.inf)])], "Reward"))
    path = chart.find("path")
    assert path is not None
    assert str(path.get("d")).count("M") == 2
    assert len(list(chart.iter("circle"))) == 2


def test_no_finite_value_draws_no_chart() -> None:
    assert curves([Series("reward", [(1, math.nan)])], "Reward") == ""
    assert curves([], "Reward") == ""


def test_one_step_and_constant_values_can_be_drawn() -> None:
    for points in ([(1.0, 0.0)], [(1.0, -2.0), (2.0, -2.0)], [(5.0, 1e9)]):
        drawn(curves([Series("reward", points)], "Reward"))


def test_a_long_curve_is_drawn_faint_with_its_moving_average() -> None:
    chart = drawn(curves([Series("reward", [(i, i % 7) for i in range(300)])], "Reward"))
    assert [path.get("class") for path in chart.iter("path")] == ["line s0 faint", "line s0"]
    assert not list(chart.iter("circle"))


def test_the_ends_of_a_curve_skip_what_is_not_finite() -> None:
    assert ends(Series("r", [(1, math.nan), (2, 0.25), (3, 0.5)])) == "0.25 → 0.5"


def test_every_score_falls_into_a_bar() -> None:
    chart = drawn(histogram([0.0, 0.5, 1.0, 1.0], 0, 1, "Scores"))
    counts = [int((bar.findtext("title") or "").split(": ")[1]) for bar in chart.iter("rect")]
    assert (sum(counts), counts[-1]) == (4, 2)


def test_a_stacked_bar_leaves_room_for_its_parts_only() -> None:
    chart = drawn(stacked([("gained", 3, "gain"), ("lost", 0, "loss")], "Changes"))
    assert [rect.get("width") for rect in chart.iter("rect")] == ["478.0", "0.0"]
