"""TRL's GRPO trainer with the places where rewardkit looks on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trl import GRPOTrainer

from rewardkit.errors import GuardStop

from ..reward.rewards import TrainingReward
from ..watching.clock import StepClock
from ..watching.health import broken
from ..watching.rollouts import Listener


class GroupTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
    """Tells `listeners` of every completion that was scored, with the advantage that it got; `reward` is its one reward function.

    `clock` hears how long it generates. GuardStop when the model's numbers have broken down, so that nothing can be drawn from it.
    """

    def __init__(
        self,
        *,
        reward: TrainingReward,
        listeners: Sequence[Listener] = (),
        clock: StepClock | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(reward_funcs=[reward], **arguments)
        self._reward = reward
        self._listeners = tuple(listeners)
        self._clock = clock or StepClock()

    def _generate(self, prompts: list[Any]) -> Any:
        try:
            with self._clock.spent("generating"):
                return super()._generate(prompts)
        except RuntimeError as error:
            if _NO_PROBABILITIES not in str(error):
                raise
            what = "no completion can be drawn from the model, whose weights or probabilities are not finite any more"
            raise GuardStop(broken("rft", self.state.global_step + 1, what)) from None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        if self.model.training:
            self._tell(output)
        return output

    def _tell(self, output: dict[str, Any]) -> None:
        ids, lengths = output["completion_ids"].tolist(), output["completion_mask"].sum(dim=1).tolist()
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        rollouts = []
        for one, advantage, row, length in zip(
            self._reward.last, output["advantages"].tolist(), ids, lengths, strict=True
        ):
            whole = (
                length > 0 and row[length - 1] in ends
            )  # with mask_truncated_completions the mask of others is 0
            tokens = length or self.max_completion_length
            rollouts.append(replace(one, advantage=advantage, tokens=tokens, truncated=not whole))
        for listener in self._listeners:
            listener.hear(rollouts)


_NO_PROBABILITIES = (
    "probability tensor contains"  # of torch.multinomial, of nan, infinity or a negative number
)
