"""The one reward function that TRL is given."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace

from rewardkit import Sample, collect
from rewardkit.scores import Score
from rewardkit.trainer.rewards import TrainingReward, Window

GRADERS = """
from rewardkit import Step, Unscored, partial_credit, reward

@reward(isolation="inline")
def longest(completion: str, limit: int) -> float:
    if limit < 0:
        raise Unscored("a limit is not negative")
    return min(1.0, len(completion) / limit)

@partial_credit({"starts": 0.5, "ends": 1.0}, isolation="inline")
def ladder(completion: str):
    yield "starts", completion.startswith("a")
    yield "ends", completion.endswith("z")
"""


def made(write: object, name: str, *limits: object) -> TrainingReward:
    path: Path = write("graders_of_rewards.py", GRADERS)  # type: ignore[operator]
    [grader] = collect([f"{path}:{name}"])
    samples = [Sample(f"q{i}", "say", {"limit": limit}) for i, limit in enumerate(limits)]
    return TrainingReward(grader, samples)


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
    logged: dict[str, float] = {}
    reward = made(write, "ladder", 1)
    reward(completions=["az", "ab", "ab", "x"], sample_index=[0] * 4, log_metric=logged.__setitem__)
    assert logged == {
        "rewardkit/unscored": 0.0,
        "rewardkit/unique": 0.75,
        "rewardkit/component/starts": 0.75,
        "rewardkit/component/ends": 0.25,
    }


def test_it_survives_pickling_by_where_its_grader_stands(write: object) -> None:
    reward = pickle.loads(pickle.dumps(made(write, "longest", 2)))
    assert reward.__name__ == "longest"
    assert reward(completions=["a"], sample_index=[0], trainer_state=SimpleNamespace(global_step=3)) == [0.5]


def test_the_window_forgets_what_is_older_than_its_size() -> None:
    window = Window(4)
    window.add([Score.unscored("timeout", "slow")] * 3)
    window.add([Score(1.0)] * 3)
    assert (window.unscored, window.causes[0]) == (1, "timeout")
