"""How rows are cut into windows."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.evaluating.answers import Answer
from rewardkit.evaluating.windows import FIRST, LEAST, MOST, TEXT, Pace, windows
from rewardkit.samples import Sample


def answers(ids: Sequence[str], text: str = "x") -> list[Answer]:
    members = {each: list(ids).count(each) for each in ids}
    return [Answer(Sample(each, "", {}), 0, text, members=members[each]) for each in ids]


def sizes(rows: Sequence[Answer], pace: Pace, *, whole_groups: bool = False) -> list[int]:
    return [len(window) for window in windows(rows, pace, whole_groups=whole_groups)]


def test_the_first_windows_are_small_and_the_last_holds_the_rest() -> None:
    assert sizes(answers(["q"] * (2 * FIRST + 6)), Pace()) == [FIRST, FIRST, 6]


def test_quick_rows_make_larger_windows_but_not_at_a_stroke() -> None:
    pace = Pace()
    pace.took(FIRST, 0.001)
    assert pace.rows == 4 * FIRST
    for _ in range(9):
        pace.took(pace.rows, 0.001)
    assert pace.rows == MOST


def test_slow_rows_make_small_windows() -> None:
    pace = Pace()
    pace.took(FIRST, 600.0)
    assert pace.rows == LEAST


def test_a_window_without_new_scores_teaches_nothing() -> None:
    pace = Pace()
    pace.took(0, 0.0)
    assert pace.rows == FIRST


def test_long_texts_end_a_window_before_its_rows_do() -> None:
    assert sizes(answers(["q"] * 5, "x" * (TEXT // 2)), Pace()) == [2, 2, 1]


def test_characters_outside_ascii_count_as_they_are_written() -> None:
    assert sizes(answers(["q"] * 5, "\u4e2d" * (TEXT // 12 + 1)), Pace()) == [2, 2, 1]


def test_a_window_ends_where_every_group_in_it_is_whole() -> None:
    ids = [f"q{n // 5}" for n in range(3 * FIRST)]
    for window in windows(answers(ids), Pace(), whole_groups=True):
        assert len(window) % 5 == 0 or window[-1].sample.id == ids[-1]


def test_scattered_groups_keep_what_lies_between_them_together() -> None:
    ids = ["first", *(f"q{n}" for n in range(200)), "first", *(f"r{n}" for n in range(10))]
    assert sizes(answers(ids), Pace(), whole_groups=True) == [202, 10]
