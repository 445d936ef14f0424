"""Running the trials: twice, in fresh processes, and no longer than a hanging grader deserves."""

from __future__ import annotations

import pytest
from stopwatch import within
from writing import WriteFile

from rewardkit import Grader, Scorer, collect
from rewardkit.checking import GraderReport, check_grader, known_rows, roles, with_parts
from rewardkit.checking.running import plan
from rewardkit.checking.trials import Material


def grader_of(write: WriteFile, source: str) -> Grader:
    write("g.py", source)
    return collect(["g.py"])[-1]


def check(grader: Grader) -> GraderReport:
    with Scorer(workers=1) as scorer:
        return check_grader(scorer, grader, known_rows(grader))


HANGS = """
    import time
    from rewardkit import case, reward

    @case("ok", reference="ok", expect=1)
    @reward(timeout=0.2)
    def hangs(completion, reference):
        time.sleep(600)
"""


@pytest.mark.timed
def test_a_grader_that_always_hangs_is_given_up_after_a_few_deadlines(write: WriteFile) -> None:
    with within(15):
        report = check(grader_of(write, HANGS))
    assert [finding.id for finding in report.findings] == ["RK014"]
    assert "RK014" in {line.id for line in report.skipped}
    assert report.counts.scored == 4


def test_a_grader_that_changes_with_its_calls_is_found_in_a_fresh_process(write: WriteFile) -> None:
    source = """
        from rewardkit import case, reward
        _seen = []

        @case("ok", reference="ok", expect=1)
        @reward(answer="text")
        def fades(completion, reference):
            _seen.append(completion)
            return completion.strip() == reference and len(_seen) < 30
    """
    findings = {finding.id: finding.severity for finding in check(grader_of(write, source)).findings}
    assert findings == {"RK005": "fail"}


def test_the_same_seed_plans_the_same_trials(write: WriteFile) -> None:
    grader = grader_of(write, HANGS)
    ids = [
        [t.replay_id(grader) for t in plan(Material(grader, known_rows(grader), seed=3))[0]] for _ in range(2)
    ]
    assert ids[0] == ids[1]


def test_a_combination_fails_with_its_part(write: WriteFile) -> None:
    source = """
        from rewardkit import case, reward, weighted

        @case("a", reference="a", expect=0)
        @reward
        def part(completion, reference):
            return completion == reference

        whole = weighted((part, 1.0))
    """
    grader_of(write, source)
    graders = collect(["g.py"])
    assert roles(graders) == ["part", "whole"]
    part, whole = with_parts(graders, [check(grader) for grader in graders])
    assert [finding.id for finding in part.findings] == ["RK100"]
    assert [finding.id for finding in whole.findings] == ["RK131"]


def test_a_penalty_need_not_reward_a_right_answer(write: WriteFile) -> None:
    source = """
        from rewardkit import case, penalised, reward

        @case("a", reference="a", expect=1)
        @reward
        def right(completion, reference):
            return completion == reference

        @case("x" * 99, expect=1)
        @reward
        def long(completion):
            return len(completion) > 50

        both = penalised(right, by=long)
    """
    grader_of(write, source)
    assert roles(collect(["g.py"])) == ["part", "penalty", "whole"]
