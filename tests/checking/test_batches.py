"""RK009: functions for TRL that pay completions for what stands beside them in a batch, and their near neighbour."""

from __future__ import annotations

import pytest
from at_home import AT_HOME
from writing import WriteFile

from rewardkit import Scorer, collect
from rewardkit.checking import GraderReport, check_grader, known_rows, read_data

FUNCTIONS = """
    def _right(completion, answer):
        return float(completion.strip() == answer)

    def the_first_reference_for_all(completions, answer, **kwargs):
        return [_right(completion, answer[0]) for completion in completions]

    def too_short(completions, answer, **kwargs):
        return [_right(*both) for both in zip(completions, answer[:1] + answer[2:])]

    def less_the_mean(completions, answer, **kwargs):
        scores = [_right(*both) for both in zip(completions, answer, strict=True)]
        return [score - sum(scores) / len(scores) for score in scores]

    def side_by_side(completions, answer, **kwargs):
        return [_right(*both) for both in zip(completions, answer, strict=True)]
"""
ROWS = """\
{"prompt": "3 + 4?", "answer": "7"}
{"prompt": "6 x 7?", "answer": "42"}
{"prompt": "9 - 4?", "answer": "5"}
{"prompt": "8 + 8?", "answer": "16"}
"""


def check(write: WriteFile, name: str) -> GraderReport:
    (grader,) = collect([f"trl+{write('my_rewards.py', FUNCTIONS)}:{name}"])
    rows = known_rows(grader, read_data(write("rows.jsonl", ROWS), {}))
    with Scorer(workers=1) as scorer:
        return check_grader(scorer, grader, rows, level=AT_HOME)


@pytest.mark.parametrize("name", ["the_first_reference_for_all", "too_short", "less_the_mean"])
def test_a_flawed_function_is_found(write: WriteFile, name: str) -> None:
    (finding,) = [finding for finding in check(write, name).findings if finding.id == "RK009"]
    assert finding.severity == "fail"
    assert "alone, and not as number" in finding.expected


def test_nothing_is_found_side_by_side(write: WriteFile) -> None:
    report = check(write, "side_by_side")
    assert report.findings == ()
    assert "RK009" not in [skipped.id for skipped in report.skipped]
