"""The one reward function that TRL is given."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from several_processes import ended, start

from rewardkit import Sample, collect
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.reward.rewards import TrainingReward

GRADERS = """
from rewardkit import Step, Unscored, partial_credit, reward

@reward(isolation="inline")
def longest(completion: str, limit: int) -> float:
    if limit < 0:
        raise Unscored("a limit is not negative")
    return min(1.0, len(completion) / limit)

@reward(group=True, isolation="inline")
def longest_of(completions: list, seed: int) -> list:
    return [len(text) == max(map(len, completions)) for text in completions]

@partial_credit({"starts": 0.5, "ends": 1.0}, isolation="inline")
def ladder(completion: str):
    yield "starts", completion.startswith("a")
    yield "ends", completion.endswith("z")
"""


class Logged(dict[str, list[float]]):
    """What TRL is told, and what it makes of it."""

    def log(self, name: str, value: float) -> None:
        self.setdefault(name, []).append(value)

    def means(self) -> dict[str, float]:
        return {name: sum(values) / len(values) for name, values in self.items()}


def made(write: object, name: str, *limits: object, **options: Any) -> TrainingReward:
    path: Path = write("graders_of_rewards.py", GRADERS)  # type: ignore[operator]
    [grader] = collect([f"{path}:{name}"])
    samples = [Sample(f"q{i}", "say", {"limit": limit}) for i, limit in enumerate(limits)]
    return TrainingReward(grader, samples, **options)


def test_the_columns_of_a_completion_are_those_of_its_sample(write: object) -> None:
    reward = made(write, "longest", 2, 4)
    assert reward(completions=["ab", "ab", "ab"], sample_index=[0, 1, 1]) == [1.0, 0.5, 0.5]


def test_chat_completions_are_read_as_text(write: object) -> None:
    reward = made(write, "longest", 4)
    assert reward(completions=[[{"role": "assistant", "content": "ab"}]], sample_index=[0]) == [0.5]


def test_an_unscored_completion_has_no_reward(write: object) -> None:
    reward = made(write, "longest", -1, 2)
    assert reward(completions=["ab", "ab"], sample_index=[0, 1]) == [None, 1.0]
    assert reward.window.unscored == 1
    assert reward.window.most_common() == "bad_reference (1)"


def test_components_are_logged_under_prefixed_names(write: object) -> None:
    logged = Logged()
    reward = made(write, "ladder", 1)
    reward(completions=["az", "ab", "ab", "x"], sample_index=[0] * 4, log_metric=logged.log)
    assert logged.means() == {
        "rewardkit/unscored": 0.0,
        "rewardkit/unique": 0.75,
        "rewardkit/reused": 0.25,
        "rewardkit/component/starts": 0.75,
        "rewardkit/component/ends": 0.25,
    }


def test_it_survives_pickling_by_where_its_grader_stands(write: object) -> None:
    reward = pickle.loads(pickle.dumps(made(write, "longest", 2)))
    assert reward.__name__ == "longest"
    assert reward(completions=["a"], sample_index=[0], trainer_state=SimpleNamespace(global_step=3)) == [0.5]


def test_completions_in_a_row_are_a_group_also_when_their_prompt_comes_twice(write: object) -> None:
    logged = Logged()
    reward = made(write, "longest_of", 1, num_generations=2)
    texts = ["a", "bb", "ccc", "dddd"]
    assert reward(completions=texts, sample_index=[0] * 4, log_metric=logged.log) == [0, 1, 0, 1]
    assert logged["rewardkit/unique"] == [1, 1]


def test_a_group_with_a_missing_member_costs_that_group_only(write: object) -> None:
    reward = made(write, "longest_of", 1, 1, num_generations=2)
    assert reward(completions=["a", "bb", "c"], sample_index=[0, 0, 1]) == [0, 1, None]
    assert reward.window.example == "1 of 2 completions of group 'q1/1' are here"


SEEDED = """
from rewardkit import reward

@reward(isolation="inline", range=(0, 2**31))
def seeded(completion: str, seed: int) -> int:
    return seed
"""


def test_seeds_do_not_depend_on_the_number_of_processes(write: object) -> None:
    path: Path = write("seeded_grader.py", SEEDED)  # type: ignore[operator]
    [grader] = collect([f"{path}:seeded"])
    samples = [Sample("q0", "say", {}), Sample("q1", "say", {})]
    alone = TrainingReward(grader, samples)(completions=["a"] * 4, sample_index=[0, 0, 1, 1])
    second = TrainingReward(grader, samples, ranks=Ranks(rank=1))(completions=["a"] * 2, sample_index=[1, 1])
    assert len(set(alone)) == 4
    assert second == alone[2:]


TWO_PROCESSES = """
import json, os
from rewardkit import Sample, collect
from rewardkit.trainer.ranks import joined
from rewardkit.trainer.reward.rewards import TrainingReward

with joined(timeout=60) as ranks:
    said = []
    for name in ("fails_on_rank_1", "cannot_be_loaded_on_rank_1"):
        reward = TrainingReward(collect([f"graders.py:{name}"])[0], [Sample("q", "say", {})], ranks=ranks)
        try:
            said.append(reward(completions=["a", "b"], sample_index=[0, 0]))
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
        causes = [score and score.cause for score in reward.window.scores]
        said.append([causes, reward.window.example])
print(json.dumps(said))
"""
ON_RANK_1 = """
import os, sys
from rewardkit import Unscored, reward

@reward
def fails_on_rank_1(completion: str) -> float:
    if os.environ["RANK"] == "1" and completion == "b":
        raise Unscored("no judge here", cause="judge_unavailable")
    return 1.0

if os.environ["RANK"] == "0" or sys.argv[0].endswith("two.py"):
    @reward
    def cannot_be_loaded_on_rank_1(completion: str) -> float:
        return 0.5
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """What each of two processes got from its rewards."""
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("two")
    (folder / "graders.py").write_text(ON_RANK_1)
    (folder / "two.py").write_text(TWO_PROCESSES)
    both = ended(start(2, ["two.py"], folder))
    assert [one.code for one in both] == [0, 0], [one.err for one in both]
    return [json.loads(one.out) for one in both]


@pytest.mark.slow
def test_every_process_knows_what_could_not_be_scored_on_any(two: list[list[Any]]) -> None:
    assert [said[0] for said in two] == [[1.0, 1.0], [1.0, None]]
    assert [said[1] for said in two] == [[[None, None, None, "judge_unavailable"], "no judge here"]] * 2


@pytest.mark.slow
def test_a_grader_that_one_process_cannot_load_stops_all(two: list[list[Any]]) -> None:
    first, second = (said[2] for said in two)
    assert second.startswith("GraderError: reward 'cannot_be_loaded_on_rank_1' (graders.py:")
    assert first == second.replace("GraderError: ", "GraderError: rank 1: ", 1)
