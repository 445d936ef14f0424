"""A grader as a verl `compute_score`: the same numeric keys for every sample."""

from __future__ import annotations

import pickle

import pytest
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.errors import ConfigError, GraderError
from rewardkit.interop import as_verl

GRADERS = """
    from rewardkit import partial_credit, reward, weighted

    @partial_credit({"short": 0.5, "same": 1.0})
    def ladder(completion: str, reference: str):
        if completion == "boom":
            raise RuntimeError("no database")
        yield "short", len(completion) < 5
        yield "same", completion == reference

    @reward
    def level(completion: str, difficulty: int) -> float:
        return min(1.0, len(completion) / difficulty)

    both = weighted((ladder, 0.5), (level, 0.5))

    @partial_credit({"score": 1.0})
    def clashing(completion: str):
        yield "score", True
"""


def grader(write: WriteFile, name: str) -> Grader:
    return collect([f"{write('graders.py', GRADERS)}:{name}"])[0]


def test_every_level_is_a_key_of_every_result(write: WriteFile) -> None:
    compute_score = as_verl(grader(write, "ladder"))
    assert compute_score("data", "42", "42") == {"score": 1.0, "unscored": 0.0, "short": 1.0, "same": 1.0}
    assert compute_score("data", "too long", "42", {"split": "train"}) == {
        "score": 0.0,
        "unscored": 0.0,
        "short": 0.0,
        "same": 0.0,
    }


def test_an_unscored_completion_gets_the_chosen_score_and_is_marked(write: WriteFile) -> None:
    compute_score = as_verl(grader(write, "ladder"), unscored=-0.5)
    assert compute_score("data", "boom", "42") == {"score": -0.5, "unscored": 1.0, "short": 0.0, "same": 0.0}


def test_the_keys_of_extra_info_are_columns(write: WriteFile) -> None:
    assert as_verl(grader(write, "level"))("data", "ab", None, {"difficulty": 4}) == {
        "score": 0.5,
        "unscored": 0.0,
    }


def test_parts_of_a_combination_are_keys(write: WriteFile) -> None:
    result = as_verl(grader(write, "both"))("data", "42", "42", {"difficulty": 4}, further="ignored")
    assert result == {"score": 0.75, "unscored": 0.0, "ladder": 1.0, "level": 0.5}


def test_a_missing_column_is_named(write: WriteFile) -> None:
    with pytest.raises(GraderError, match="asks for 'difficulty'; verl gives: data_source"):
        as_verl(grader(write, "level"))("data", "ab", None)


def test_a_level_with_the_name_of_a_key_is_refused(write: WriteFile) -> None:
    with pytest.raises(GraderError, match="its part 'score' has a name"):
        as_verl(grader(write, "clashing"))


def test_the_score_of_the_unscored_must_be_finite(write: WriteFile) -> None:
    with pytest.raises(ConfigError, match="unscored=nan"):
        as_verl(grader(write, "ladder"), unscored=float("nan"))


def test_it_survives_pickling(write: WriteFile) -> None:
    copy = pickle.loads(pickle.dumps(as_verl(grader(write, "ladder"), unscored=0.25)))
    assert copy("data", "boom", "42")["score"] == 0.25
