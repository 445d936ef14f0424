"""From a completion to the loss: the reward is that of its own text and row, the advantage its own, and its sign is right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from training_projects import RUN, project

from rewardkit.collecting import collect_grader
from rewardkit.samples import read_samples
from rewardkit.scoring import Scorer
from rewardkit.trainer.watching.rollouts import Rollout

pytestmark = pytest.mark.slow

# One generation is used in four parts, between which TRL shuffles it; two rows pay for different letters.
GRPO = RUN.replace("per_device_train_batch_size = 16", "per_device_train_batch_size = 8").replace(
    "save_steps = 2", "gradient_accumulation_steps = 4\nsave_steps = 6"
)


class Kept:
    """Keeps every rollout that it hears of."""

    def __init__(self) -> None:
        self.rollouts: list[Rollout] = []

    def hear(self, rollouts: Sequence[Rollout]) -> None:
        self.rollouts += rollouts


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, model: Path
) -> tuple[list[Rollout], list[dict[str, Any]], str]:
    """The rollouts of a training, what each part of a step put into the loss, and the letter of each row."""
    pytest.importorskip("trl")
    from datasets import Dataset

    from rewardkit.trainer.curricula.curriculum import curriculum_of
    from rewardkit.trainer.methods.group_trainer import GroupTrainer
    from rewardkit.trainer.methods.grpo import prompts_needed
    from rewardkit.trainer.methods.policies import load_policy, quiet
    from rewardkit.trainer.ranks import Ranks
    from rewardkit.trainer.reward.rewards import TrainingReward
    from rewardkit.trainer.rows.data import grpo_rows, training_order
    from rewardkit.trainer.settings.arguments import grpo_arguments
    from rewardkit.trainer.settings.config import load_config

    losses: list[dict[str, Any]] = []

    class Looking(GroupTrainer):
        def compute_loss(self, model: Any, inputs: Any, *rest: Any, **more: Any) -> Any:
            loss = super().compute_loss(model, inputs, *rest, **more)
            ids, mask = inputs["completion_ids"], inputs["completion_mask"].bool()
            texts = [
                self.processing_class.decode(row[kept], skip_special_tokens=True)
                for row, kept in zip(ids, mask, strict=True)
            ]
            prompts = self.processing_class.batch_decode(inputs["prompt_ids"], skip_special_tokens=True)
            losses.append({"step": self.state.global_step, "texts": texts, "prompts": prompts})
            losses[-1]["advantages"] = inputs["advantages"].tolist()
            return loss

    home = tmp_path_factory.mktemp("looking")
    path = project(home, model, run=GRPO)
    lines = (home / "train.jsonl").read_text().splitlines()
    letters = "abcabc"
    mixed = [
        line.replace('"letter": "a"', f'"letter": "{c}"') for line, c in zip(lines, letters, strict=True)
    ]
    (home / "train.jsonl").write_text("\n".join(mixed) + "\n")
    kept = Kept()
    with quiet(), Scorer() as scorer:
        file = load_config(path)
        policy, settings = load_policy(file), grpo_arguments(file, home / "work")
        samples = list(read_samples(home / "train.jsonl"))
        order = training_order(len(samples), prompts_needed(settings, len(samples)), 0)
        grader = collect_grader(f"{home}/graders.py:letters")
        rows = Dataset.from_list(grpo_rows(samples, "", chat=True))
        reward = TrainingReward(grader, samples, num_generations=4, scorer=scorer)
        trainer = Looking(
            reward=reward,
            curriculum=curriculum_of(
                file, grader, rows, [], tokenizer=policy.tokenizer, reward=reward, group=4, ranks=Ranks()
            ),
            listeners=[kept],
            model=policy.model,
            args=settings,
            train_dataset=rows.select(order),
            processing_class=policy.tokenizer,
        )
        trainer.train()
    return kept.rollouts, losses, letters


Trained = tuple[list[Rollout], list[dict[str, Any]], str]


def test_a_reward_is_that_of_its_own_text_by_its_own_row(trained: Trained) -> None:
    rollouts, _, letters = trained
    assert len(rollouts) == 6 * 32
    for one in rollouts:
        wanted = one.text.count(letters[one.sample_index]) / max(len(one.text), 1)
        assert one.reward == pytest.approx(wanted)
    assert len({one.reward for one in rollouts}) > 10


def test_an_advantage_is_what_a_reward_is_above_the_mean_of_its_group(trained: Trained) -> None:
    rollouts, _, _ = trained
    for start in range(0, len(rollouts), 4):
        group = rollouts[start : start + 4]
        assert len({(one.step, one.group, one.sample_index) for one in group}) == 1
        rewards = [one.reward or 0.0 for one in group]
        mean = sum(rewards) / 4
        assert [one.advantage for one in group] == pytest.approx([r - mean for r in rewards], abs=1e-6)


def test_the_loss_gets_each_completion_once_with_its_prompt_and_its_advantage(trained: Trained) -> None:
    rollouts, losses, _ = trained
    told = sorted(
        (one.step, f"say {one.sample_index}", one.text, round(one.advantage, 5)) for one in rollouts
    )
    used = sorted(
        (part["step"], f"say {prompt.rpartition('say ')[2][:1]}", text, round(advantage, 5))
        for part in losses
        for prompt, text, advantage in zip(part["prompts"], part["texts"], part["advantages"], strict=True)
    )
    assert [one[:3] for one in used] == [one[:3] for one in told]
    assert [one[3] for one in used] == pytest.approx([one[3] for one in told], abs=1e-4)
