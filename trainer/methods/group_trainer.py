"""TRL's GRPO trainer with the places where rewardkit looks on, chooses prompts, draws groups anew and imitates answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR
from trl import GRPOTrainer

from rewardkit.errors import GuardStop

from ..curricula.curriculum import Curriculum
from ..curricula.imitation import imitation_loss
from ..curricula.keeping import bring_back, keep
from ..curricula.resampling import Share
from ..reward.rewards import PREFIX, TrainingReward
from ..watching.clock import StepClock
from ..watching.health import broken
from ..watching.rollouts import Listener, Rollout
from .by_place import NoProbabilities, numbers_of, sampling_by


class GroupTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
    """Tells `listeners` of every completion that was scored, with the advantage that it got; `reward` is its one reward function.

    `curriculum` says for which prompts completions are drawn, which groups are drawn anew, and what is imitated.
    What it samples does not depend on the number of processes (see `by_place`). `clock` hears how long it generates. GuardStop when the model's
    numbers have broken down, so that nothing can be drawn from it.
    """

    def __init__(
        self,
        *,
        reward: TrainingReward,
        curriculum: Curriculum,
        listeners: Sequence[Listener] = (),
        clock: StepClock | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(reward_funcs=[reward], **arguments)
        self._reward = reward
        self._curriculum = curriculum
        self._ranks = curriculum.ranks
        self._listeners = tuple(listeners)
        self._share = Share([], [], [], [])
        self._clock = clock or StepClock()

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.model.training:
            scored: dict[str, Any] = super()._generate_and_score_completions(inputs)
            return scored
        rows = self._chosen([dict(row) for row in inputs])
        self._share = Share(rows, [], [], [])
        output: dict[str, Any] = super()._generate_and_score_completions(rows)
        rollouts, tokens = self._rollouts(output)
        self._remember(rollouts, tokens)
        for listener in self._listeners:
            listener.hear(rollouts)
        return output

    def _chosen(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of this process with the prompts that the curriculum asks for, the same for every member of a group."""
        group, first = self.num_generations, self._ranks.rank * len(rows)
        samples = self._curriculum.prompts.begin(len(rows) * self._ranks.size // group)
        if samples is None:
            return rows
        return [dict(self._curriculum.rows[samples[(first + place) // group]]) for place in range(len(rows))]

    def _generate(self, prompts: list[Any]) -> Any:
        self._share = replace(self._share, prompts=prompts)  # TRL's own list, which it logs
        try:
            return super()._generate(prompts)
        except NoProbabilities:
            what = "no completion can be drawn from the model, whose weights or probabilities are not finite any more"
            raise GuardStop(broken("rft", self.state.global_step + 1, what)) from None

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], images: Any, multimodal_fields: Any, *rest: Any, **settings: Any
    ) -> tuple[list[list[int]], Any]:
        places = range(len(prompt_ids))
        drawn = self._sampled(
            places, len(places), 0, prompt_ids, images, multimodal_fields, *rest, **settings
        )
        if not self.model.training:
            return drawn
        share = replace(self._share, prompt_ids=prompt_ids, completion_ids=drawn[0])
        groups = len(share.rows) * self._ranks.size // self.num_generations
        thrown = 0
        if self._curriculum.resampler is not None:
            thrown = self._renew(share, drawn[1])
            self._metrics["train"][f"{PREFIX}/resampled"].append(thrown / (groups + thrown))
        self._curriculum.prompts.generated += (groups + thrown) * self.num_generations
        self._metrics["train"][f"{PREFIX}/generated"] = [self._curriculum.prompts.generated]
        return drawn

    def _sampled(
        self,
        places: Sequence[int],
        rows: int,
        attempt: int,
        prompt_ids: list[list[int]],
        *rest: Any,
        **settings: Any,
    ) -> tuple[list[list[int]], Any]:
        """The tokens of one completion for each prompt and, with vLLM, their log-probabilities. `places` are theirs among the `rows` of this process."""
        first, total = self.accelerator.process_index * rows, self.accelerator.num_processes * rows
        numbers = numbers_of(
            (self.args.seed, self._micro_step, attempt),
            [first + place for place in places],
            (total, self.max_completion_length),
        )
        with self._clock.spent("generating"), sampling_by(self.model, numbers):
            drawn: tuple[list[list[int]], Any] = super()._generate_single_turn(prompt_ids, *rest, **settings)
        return drawn

    @property
    def _micro_step(self) -> int:
        """Forward and backward passes since the run began, those before a resume counted; no two generations begin at the same one."""
        each = self.args.gradient_accumulation_steps
        return int(self.state.global_step * each + self._step % each)

    def _renew(self, share: Share, logprobs: list[Any] | None) -> int:
        """Draw saturated groups anew; how many were thrown away. Their tokens count as seen, as TRL counts those that are kept."""
        assert self._curriculum.resampler is not None

        attempts = count(1)

        def redraw(places: list[int]) -> None:
            asked, images, fields = self._tokenize_prompts([share.prompts[place] for place in places])
            answers, scored = self._sampled(
                places, len(share.rows), next(attempts), asked, images, fields, self.num_generations
            )
            for at, place in enumerate(places):
                share.prompt_ids[place], share.completion_ids[place] = asked[at], answers[at]
                if logprobs is not None:
                    logprobs[place] = scored[at]

        def texts() -> list[str]:
            return list(self.processing_class.batch_decode(share.completion_ids, skip_special_tokens=True))

        thrown = self._curriculum.resampler.renew(share, redraw, texts, self.state)
        self.state.num_input_tokens_seen += thrown.tokens
        return thrown.groups

    def _rollouts(self, output: dict[str, Any]) -> tuple[list[Rollout], list[list[int]]]:
        """The completions of this process as they were scored, and their tokens."""
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
        return rollouts, [row[:length] for row, length in zip(ids, lengths, strict=True)]

    def _remember(self, rollouts: Sequence[Rollout], tokens: Sequence[list[int]]) -> None:
        """What the curriculum goes by: the rewards of all groups, and the tokens of what was solved, on every process."""
        accepted = self._curriculum.accepted
        if accepted is None and not self._curriculum.prompts.by_difficulty:
            return

        def here() -> list[tuple[int, float | None, list[int] | None]]:
            return [
                (one.sample_index, one.reward, ids if accepted is not None and self._is_solved(one) else None)
                for one, ids in zip(rollouts, tokens, strict=True)
            ]

        told = [one for part in self._ranks.collect(here, in_step=True) for one in part]
        for at in range(0, len(told), self.num_generations):
            group = told[at : at + self.num_generations]
            self._curriculum.prompts.see([(group[0][0], [reward for _, reward, _ in group])])
        if accepted is not None:
            accepted.hear((sample, ids) for sample, _, ids in told if ids is not None)

    def _is_solved(self, one: Rollout) -> bool:
        return one.reward is not None and one.reward >= self._curriculum.solved_at and not one.truncated

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """GRPO's loss, and that of what is imitated; both are divided here among the parts of a step, as TRL does."""
        loss = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        imitation = self._curriculum.imitation
        if imitation is None or not self.model.training:
            return loss
        part = self._step % self.current_gradient_accumulation_steps
        count = max(1, len(inputs["completion_ids"]) // self.num_generations)
        pairs = imitation.draw(count, self.state.global_step, part)
        if not pairs:
            return loss
        imitated = imitation_loss(model, pairs, self._tokenizer.pad_token_id)
        mean = self.accelerator.gather(imitated.detach()).mean().item()
        self._metrics["train"][f"{PREFIX}/sft_loss"].append(mean)
        return loss + imitation.weight * imitated / self.current_gradient_accumulation_steps

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        if self.args.should_save:
            folder = Path(self._get_output_dir(trial=trial))
            keep(self._curriculum.kept, folder / f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}")

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is not None:
            bring_back(self._curriculum.kept, Path(checkpoint))
