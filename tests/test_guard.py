"""When too much is unscored."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.guard import Guard, TooManyUnscored, Window
from rewardkit.runs.records import Result
from rewardkit.scores import Score

RIGHT, LATE = Score(1.0), Score.unscored("timeout", "no result within 2 s")


def results(scores: Sequence[Score], grader: str = "g") -> list[Result]:
    return [
        Result("grade", "given", f"q{n}", 0, grader, "f", "x", score.value, score.cause, (), score.reason)
        for n, score in enumerate(scores)
    ]


def stopped_at(guard: Guard, scores: Sequence[Score]) -> int | None:
    """The place of the score at which the guard stops, counted from 1."""
    for place, result in enumerate(results(scores), 1):
        try:
            guard.look([result])
        except GuardStop:
            return place
    return None


def test_the_eleventh_of_200_is_one_too_many() -> None:
    assert stopped_at(Guard(), ([RIGHT] * 18 + [LATE]) * 50) == 11 * 19


def test_it_does_not_wait_for_200_scores() -> None:
    assert stopped_at(Guard(), [LATE] * 30) == 11


def test_ten_that_fail_are_no_reason_to_stop() -> None:
    assert stopped_at(Guard(), [LATE] * 10 + [RIGHT] * 400) is None


def test_what_failed_long_ago_is_forgotten() -> None:
    assert stopped_at(Guard(), ([LATE] * 10 + [RIGHT] * 190) * 5) is None


@pytest.mark.parametrize(
    ("limit", "size", "allowed"), [(0.05, 200, 10), (0.0, 200, 0), (0.29, 100, 29), (1.0, 7, 7)]
)
def test_the_limit_is_a_share_of_the_window(limit: float, size: int, allowed: int) -> None:
    assert stopped_at(Guard(limit, size), [LATE] * size) == (None if allowed == size else allowed + 1)


def test_declining_does_not_count_and_a_bad_reference_does() -> None:
    assert stopped_at(Guard(), [Score.unscored("not_applicable", "the grader abstained")] * 300) is None
    assert stopped_at(Guard(), [Score.unscored("bad_reference", "no number")] * 300) == 11


def test_a_completion_that_broke_its_grader_is_scored_and_does_not_count() -> None:
    assert stopped_at(Guard(), [Score(0.0, cause="timeout", reason="no result")] * 300) is None


def test_each_grader_has_a_window_of_its_own() -> None:
    fine, broken = results([RIGHT] * 990, "fine"), results([LATE] * 99, "broken")
    rows = [each for n, bad in enumerate(broken) for each in (*fine[10 * n : 10 * n + 10], bad)]
    with pytest.raises(GuardStop, match="11 of the first 11 scores of 'broken'"):
        Guard().look(rows)


def test_the_message_has_the_count_the_causes_and_each_reason_with_its_rows() -> None:
    scores = [LATE] * 7 + [RIGHT] * 5 + [Score.unscored("error", "OSError: down (g.py:7)")] * 4
    with pytest.raises(TooManyUnscored) as stop:
        Guard().look(results(scores))
    assert str(stop.value) == (
        "11 of the first 16 scores of 'g' are unscored (allowed: 10 in 200): timeout (7), error (4)\n"
        "  7 timeout at q0, q1, q2, q3, q4 and 2 more: no result within 2 s\n"
        "  4 error at q12, q13, q14, q15: OSError: down (g.py:7)"
    )
    assert stop.value.causes == {"timeout", "error"}


def test_five_reasons_are_shown_and_the_others_counted() -> None:
    scores = [Score.unscored("bad_reference", f"no table\n{n % 7}") for n in range(11)]
    with pytest.raises(TooManyUnscored) as stop:
        Guard().look(results(scores))
    lines = stop.value.told(lambda score: f"d.jsonl:{score.sample[1:]}").splitlines()
    assert lines[1] == "  2 bad_reference at d.jsonl:0, d.jsonl:7: no table 0"
    assert (len(lines), lines[-1]) == (7, "  and 2 other reasons")


@pytest.mark.parametrize(("limit", "size"), [(-0.1, 200), (1.1, 200), (0.05, 0)])
def test_a_limit_that_is_no_share_is_refused(limit: float, size: int) -> None:
    with pytest.raises(ConfigError, match="the limit must lie in 0 to 1 and the window be 1 or more"):
        Guard(limit, size)


def test_a_window_holds_its_last_scores() -> None:
    window = Window[Score](3)
    window.add([LATE, LATE, RIGHT, Score.unscored("died", "gone")])
    assert ([score.cause for score in window.failed], len(window.scores), window.example) == (
        ["timeout", "died"],
        3,
        "gone",
    )
    assert window.most_common() == "timeout (1), died (1)"
