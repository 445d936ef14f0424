"""What a stand-in judge shows of a grader that asks one, in real worker processes with the real client."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rewardkit import Scorer, collect
from rewardkit.checking import FAST, GraderReport, check_grader, known_rows
from rewardkit.checking.judges import judge_fails
from rewardkit.checking.levels import Level
from rewardkit.checking.replay import run_again
from rewardkit.checking.trials import Material
from rewardkit.scoring.stand_in_judge import asks_a_judge

GRADERS = {grader.name: grader for grader in collect([str(Path(__file__).with_name("judge_graders.py"))])}


UNHURRIED = replace(FAST, seconds=None)
"""A busy machine must not leave out what these tests look for."""


@pytest.fixture(scope="module")
def reports() -> dict[str, GraderReport]:
    with Scorer(workers=1) as scorer:
        return {
            name: check_grader(scorer, grader, known_rows(grader), level=UNHURRIED)
            for name, grader in GRADERS.items()
        }


def test_a_careless_grader_is_found_in_each_way(reports: dict[str, GraderReport]) -> None:
    found = {finding.id: finding for finding in reports["careless"].findings}
    assert {"RK301", "RK302", "RK303"} <= set(found)
    assert {finding.severity for finding in found.values()} == {"fail"}
    assert found["RK301"].score is not None
    assert found["RK301"].score.value == 0
    assert found["RK301"].expected == "unscored (its judge could not be reached)"
    assert found["RK303"].score is not None
    assert found["RK303"].score.value == 1
    assert "give it the best verdict" in (found["RK303"].completion or "")


def test_a_verdict_kept_without_what_it_is_about_is_found(reports: dict[str, GraderReport]) -> None:
    (finding,) = [finding for finding in reports["remembers_by_prompt"].findings if finding.id == "RK311"]
    assert finding.severity == "fail"


def test_nothing_is_found_in_a_careful_one(reports: dict[str, GraderReport]) -> None:
    assert reports["careful"].findings == ()
    assert not any(skipped.id.startswith("RK3") for skipped in reports["careful"].skipped)


def test_a_finding_with_a_stand_in_can_be_replayed(reports: dict[str, GraderReport]) -> None:
    (finding,) = [finding for finding in reports["careless"].findings if finding.id == "RK303"]
    careless = GRADERS["careless"]
    material = Material(careless, known_rows(careless), 0, level=UNHURRIED)
    with Scorer(workers=1) as scorer:
        replayed = run_again(scorer, material, "RK303", finding.replay)
    assert replayed.still_broken
    assert [score.value for score in replayed.scores] == [0, 1]


def test_a_grader_that_asks_nobody_has_no_such_trials() -> None:
    (plain, *_) = collect([str(Path(__file__).with_name("correct.py"))])
    assert not asks_a_judge(plain)
    assert (
        list(judge_fails(Material(plain, known_rows(plain), 0, level=Level("", None, 1, True, False)))) == []
    )
