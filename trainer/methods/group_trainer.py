"""TRL's GRPO trainer with the places where rewardkit looks on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trl import GRPOTrainer

from rewardkit.errors import GuardStop

from ..reward.rewards import TrainingReward
from ..watching.health import broken
from ..watching.rollouts import Listener
from ..watching.timing import StepClock
from .by_place import NoProbabilities, numbers_of, sampling_by


class GroupTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
    """Tells `listeners` of every completion that was scored, with the advantage that it got; `reward` is its one reward function.

    What it samples does not depend on the number of processes (see `by_place`). `clock` hears how long it generates. GuardStop when the model's
    numbers have broken down, so that nothing can be drawn from it.
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
        except NoProbabilities:
            what = "no completion can be drawn from the model, whose weights or probabilities are not finite any more"
            raise GuardStop(broken("rft", self.state.global_step + 1, what)) from None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        if self.model.training:
            self._tell(output)
        return output

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], *rest: Any, **settings: Any
    ) -> tuple[list[list[int]], Any]:
        rows, rank = len(prompt_ids), self.accelerator.process_index
        places = range(rank * rows, (rank + 1) * rows)
        total = rows * self.accelerator.num_processes
        tokens = self.max_completion_length
        numbers = numbers_of(self.args.seed, self._micro_step, places, total, tokens)
        with sampling_by(self.model, numbers):
            drawn: tuple[list[list[int]], Any] = super()._generate_single_turn(prompt_ids, *rest, **settings)
        return drawn

    @property
    def _micro_step(self) -> int:
        """Forward and backward passes since the run began, those before a resume counted; no two generations begin at the same one."""
        each = self.args.gradient_accumulation_steps
        return int(self.state.global_step * each + self._step % each)

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
