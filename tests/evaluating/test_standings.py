"""What a table says of each grader, against counts made by hand."""

from __future__ import annotations

import json

import pytest
from writing import WriteFile

from rewardkit import Grader, Score, collect
from rewardkit.evaluating.faults import Failure
from rewardkit.evaluating.standings import Standing, primary_of, standings
from rewardkit.runs import Result, fault_of, result_of
from rewardkit.scores import Component

SOURCE = """
    from rewardkit import reward

    @reward(pass_at=0.5)
    def g(completion: str) -> float:
        return 1.0
"""


@pytest.fixture
def grader(write: WriteFile) -> Grader:
    return collect([str(write("graders.py", SOURCE))])[0]


def row(score: Score, sample: str, repeat: int, grader: Grader) -> Result:
    return result_of(
        score,
        stage="grade",
        decoding="given",
        sample=sample,
        repeat=repeat,
        grader="g",
        fingerprint=grader.fingerprint,
        completion="x",
    )


def standing(grader: Grader, *prompts: list[Score]) -> Standing:
    results: list[Result] = [
        row(score, f"q{number}", repeat, grader)
        for number, scores in enumerate(prompts)
        for repeat, score in enumerate(scores)
    ]
    return standings(results, [grader])[0]


RIGHT, WRONG, LATE = Score(1.0), Score(0.0), Score.unscored("timeout", "no result within 2 s")


def test_solved_counts_from_the_pass_mark_of_the_grader(grader: Grader) -> None:
    found = standing(grader, [Score(0.5)], [Score(0.4)])
    assert (found.score.mean, found.solved.mean) == (0.45, 0.5)


def test_unscored_completions_are_counted_by_cause_and_bound_the_mean(grader: Grader) -> None:
    found = standing(grader, [RIGHT], [LATE], [LATE], [Score.unscored("died", "")])
    assert found.unscored == {"timeout": 2, "died": 1}
    assert (found.score.mean, found.score.worst, found.score.best) == (1.0, 0.25, 1.0)


def test_a_completion_that_broke_its_grader_is_scored_and_counted_apart(grader: Grader) -> None:
    found = standing(grader, [Score(0.2, cause="timeout", reason="no result within 2 s")], [RIGHT])
    assert (found.broken, found.unscored, found.score.mean) == ({"timeout": 1}, {}, 0.6)


def test_the_commonest_reason_of_each_cause_is_kept(grader: Grader) -> None:
    found = standing(
        grader, [Score.unscored("error", "OSError: rare")], *[[Score.unscored("error", "OSError: often")]] * 2
    )
    assert found.failures == {"error": Failure("OSError: often", "q1", 0, alike=2)}


def test_reason_output_and_place_of_a_cause_are_of_one_row(grader: Grader) -> None:
    scores = [Score.unscored("error", reason, output=reason.upper()) for reason in ("rare", "often", "often")]
    results = [row(score, f"q{n}", 0, grader) for n, score in enumerate(scores)]
    faults = [
        fault for one, score in zip(results, scores, strict=True) if (fault := fault_of(score, one.key))
    ]
    where = {("q0", 0): "a.csv:2", ("q1", 0): "a.csv:3", ("q2", 0): "a.csv:4"}
    (found,) = standings(results, [grader], faults, lambda wanted: {key: where[key] for key in wanted})
    assert found.failures == {"error": Failure("often", "q1", 0, 2, "a.csv:3", "OFTEN", explained=3)}
    assert found.as_json()["rows"] == {"error": {"sample": "q1", "repeat": 0, "where": "a.csv:3"}}


def test_components_are_means_over_scored_completions(grader: Grader) -> None:
    parts = [(Component("parses", value),) for value in (1.0, 0.0)]
    found = standing(grader, [Score(1.0, parts[0])], [Score(0.0, parts[1])], [LATE])
    assert found.components == {"parses": 0.5}


def test_pass_at_k_and_all_k_over_2_repeats(grader: Grader) -> None:
    found = standing(grader, [RIGHT, WRONG], [WRONG, WRONG], [RIGHT, RIGHT], [RIGHT, LATE])
    assert found.pass_at_k == {
        1: 0.5,
        2: pytest.approx(2 / 3),
    }  # the prompt with an unscored completion is left out
    assert found.all_k == {1: 0.5, 2: pytest.approx(1 / 3)}


def test_pass_at_k_goes_no_further_than_every_prompt_has_completions(grader: Grader) -> None:
    assert standing(grader, [RIGHT, WRONG], [WRONG]).pass_at_k == {}
    assert list(standing(grader, [RIGHT] * 6, [WRONG] * 6).pass_at_k) == [1, 2, 4, 6]


def test_nothing_scored_at_all_has_no_mean_and_is_still_json(grader: Grader) -> None:
    found = standing(grader, [LATE], [LATE])
    assert found.score.mean is None
    assert json.loads(json.dumps(found.as_json()))["unscored"] == {"timeout": 2}


def primary(write: WriteFile, *lines: str) -> str:
    head = "from rewardkit import reward, weighted\n@reward\ndef a(completion): return True\n@reward\ndef b(completion): return True\n"
    return primary_of(collect([str(write("several.py", head + "\n".join(lines) + "\n"))])).name


def test_a_combination_of_the_other_graders_speaks_for_them(write: WriteFile) -> None:
    assert primary(write, "both = weighted((a, 1), (b, 1))") == "both"


def test_a_combination_of_a_combination_speaks_for_all(write: WriteFile) -> None:
    assert primary(write, "one = weighted((a, 1), name='one')", "all_ = weighted((one, 1), (b, 1))") == "all_"


def test_without_a_combination_the_first_grader_given_leads(write: WriteFile) -> None:
    assert primary(write) == "a"
