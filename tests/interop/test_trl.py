"""A grader as a reward function of the installed TRL."""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from pathlib import Path

import pytest
from several_processes import ended, start
from writing import WriteFile

from rewardkit import Grader, collect
from rewardkit.errors import GraderError
from rewardkit.interop import as_trl

GRADERS = """
    from rewardkit import partial_credit, reward

    @reward
    def same(completion: str, reference: str) -> bool:
        if completion == "boom":
            raise RuntimeError("no database")
        return completion == reference

    @partial_credit({"starts": 0.5, "ends": 1.0})
    def ladder(completion: str, messages: list):
        yield "starts", completion.startswith(messages[0]["content"][0])
        yield "ends", completion.endswith("z")

    @reward(group=True)
    def longest(completions: list) -> list:
        return [len(text) == max(map(len, completions)) for text in completions]

    @reward
    def clashing(completion: str, trainer_state: str) -> bool:
        return completion == trainer_state
"""


@pytest.fixture
def grader(write: WriteFile) -> Grader:
    return collect([f"{write('graders.py', GRADERS)}:same"])[0]


def test_columns_are_asked_for_by_name(grader: Grader) -> None:
    rewards = as_trl(grader)(
        prompts=["p", "p"], completions=["a", "b"], completion_ids=[[1], [2]], reference=["a", "a"]
    )
    assert rewards == [1.0, 0.0]


def test_a_completion_that_breaks_the_grader_has_no_reward(grader: Grader) -> None:
    assert as_trl(grader)(prompts=["p", "p"], completions=["boom", "a"], reference=["a", "a"]) == [None, 1.0]


def test_chat_prompts_and_completions_are_understood(write: WriteFile) -> None:
    [ladder] = collect([f"{write('graders.py', GRADERS)}:ladder"])
    logged: dict[str, list[float]] = defaultdict(list)
    rewards = as_trl(ladder, name="steps")(
        prompts=[[{"role": "user", "content": "xyz"}]] * 2,
        completions=[[{"role": "assistant", "content": text}] for text in ("xz", "x")],
        log_metric=lambda name, value: logged[name].append(value),
    )
    assert rewards == [1.0, 0.5]
    assert logged == {
        "steps/unscored": [0.0],
        "steps/unique": [1.0],
        "steps/reused": [0.0],
        "steps/component/starts": [1.0, 1.0],
        "steps/component/ends": [1.0, 0.0],
    }


def test_a_missing_column_is_named(grader: Grader) -> None:
    with pytest.raises(GraderError, match="asks for 'reference'; the data set has: answer"):
        as_trl(grader)(prompts=["p"], completions=["a"], answer=["a"])


def test_a_column_name_that_trl_uses_itself_is_refused(write: WriteFile) -> None:
    [clashing] = collect([f"{write('graders.py', GRADERS)}:clashing"])
    with pytest.raises(GraderError, match="'trainer_state', a name that TRL uses itself"):
        as_trl(clashing)


@pytest.fixture
def longest(write: WriteFile) -> Grader:
    return collect([f"{write('graders.py', GRADERS)}:longest"])[0]


def test_completions_of_one_prompt_are_graded_together(longest: Grader) -> None:
    # the same prompt drawn twice is two groups
    rewards = as_trl(longest, num_generations=2)(prompts=["p"] * 4, completions=["a", "bb", "ccc", "dddd"])
    assert rewards == [0.0, 1.0, 0.0, 1.0]


def test_a_grader_of_groups_has_to_know_their_size(longest: Grader) -> None:
    with pytest.raises(GraderError, match=r"as_trl\(grader, num_generations=8\)"):
        as_trl(longest)


@pytest.mark.parametrize("prompts", [["p", "p", "q"], ["p", "q", "q", "r"]])
def test_torn_groups_are_refused(longest: Grader, prompts: list[str]) -> None:
    with pytest.raises(
        GraderError, match=f"the {len(prompts)} completions of this process are not whole groups"
    ):
        as_trl(longest, num_generations=2)(prompts=prompts, completions=prompts)


def test_it_survives_pickling(grader: Grader) -> None:
    copy = pickle.loads(pickle.dumps(as_trl(grader, name="exact", num_generations=4)))
    assert copy.__name__ == "exact"
    assert copy(prompts=["p"], completions=["a"], reference=["a"]) == [1.0]


@pytest.mark.slow
def test_the_installed_trainer_trains_with_it(grader: Grader, tmp_path: Path, model: Path) -> None:
    pytest.importorskip("trl")
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    settings = GRPOConfig(
        output_dir=str(tmp_path / "out"),
        max_steps=2,
        num_generations=2,
        per_device_train_batch_size=4,
        max_completion_length=4,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
    )
    data = Dataset.from_list([{"prompt": f"say {i}", "reference": "a"} for i in range(4)])
    trainer = GRPOTrainer(model=str(model), reward_funcs=as_trl(grader), args=settings, train_dataset=data)
    trainer.train()
    steps = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert [entry["same/unscored"] for entry in steps] == [0.0, 0.0]
    assert "rewards/same/mean" in steps[0]


ALONE = """
import json, os
import torch.distributed as dist
from types import SimpleNamespace
from rewardkit import collect
from rewardkit.interop import as_trl

dist.init_process_group("gloo")
reward = as_trl(collect(["graders.py:same"])[0])
columns = {} if os.environ["RANK"] == "1" else {"reference": ["a", "a"]}
try:
    said = reward(prompts=["p", "p"], completions=["a", "b"], trainer_state=SimpleNamespace(), **columns)
except Exception as error:
    said = f"{type(error).__name__}: {error}"
print(json.dumps(said))
"""


@pytest.mark.slow
def test_what_fails_on_one_process_of_several_is_raised_on_every_one(write: WriteFile) -> None:
    pytest.importorskip("torch")
    write("graders.py", GRADERS)
    script = write("alone.py", ALONE)
    first, second = ended(start(2, [script.name], script.parent))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    failure = "reward 'same' (graders.py:4) asks for 'reference'; the data set has: no further columns"
    assert json.loads(first.out) == f"GraderError: rank 1: GraderError: {failure}"
    assert json.loads(second.out) == f"GraderError: {failure}"
