"""Everything that [curriculum] and [mixed] of RUN.toml add to GRPO, as its trainer takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewardkit.grader import Grader
from rewardkit.samples import Sample

from ..ranks import Ranks
from ..reward.rewards import TrainingReward
from ..rows.data import answers_of, sft_rows
from ..settings.config import RunFile
from .imitation import Accepted, Imitation, expert_pairs, prompt_tokens
from .keeping import Kept
from .prompts import Prompts
from .resampling import Resampler


@dataclass(frozen=True, slots=True)
class Curriculum:
    """`prompts` says which samples completions are drawn for; `rows` are those of the data set, one for each sample.

    `resampler` draws groups anew, `imitation` adds an SFT loss; a completion is accepted for it from the reward `solved_at` on.
    """

    prompts: Prompts
    rows: Sequence[Mapping[str, Any]]
    ranks: Ranks
    solved_at: float
    resampler: Resampler | None = None
    imitation: Imitation | None = None

    @property
    def accepted(self) -> Accepted | None:
        """The solved completions, where they are imitated."""
        return None if self.imitation is None else self.imitation.accepted

    @property
    def kept(self) -> dict[str, Kept]:
        """What belongs into each checkpoint, by name."""
        accepted: dict[str, Kept] = {} if self.accepted is None else {"accepted": self.accepted}
        return {"prompts": self.prompts, **accepted}


def curriculum_of(
    run: RunFile,
    grader: Grader,
    rows: Sequence[Mapping[str, Any]],
    expert: Sequence[Sample],
    *,
    tokenizer: Any,
    reward: TrainingReward,
    group: int,
    ranks: Ranks,
) -> Curriculum:
    """For a training on `rows` in groups of `group` completions."""
    asked, (low, high) = run.config.curriculum, grader.options.range
    prompts = Prompts(
        len(rows),
        seed=run.config.seed,
        width=high - low,
        by_difficulty=asked.sampling == "difficulty",
    )
    resampler = Resampler(asked.resample, group, rows, prompts, reward, ranks) if asked.resample else None
    imitation = _imitation(run, rows, expert, tokenizer, ranks.rank)
    return Curriculum(prompts, rows, ranks, grader.options.solved_at, resampler, imitation)


def _imitation(
    run: RunFile, rows: Sequence[Mapping[str, Any]], expert: Sequence[Sample], tokenizer: Any, rank: int
) -> Imitation | None:
    mixed, data = run.config.mixed, run.config.data
    if mixed is None:
        return None
    answers = [] if mixed.on == "accepted" else answers_of(expert, data.gold)
    shown = sft_rows(answers, data.system, chat=bool(tokenizer.chat_template))
    return Imitation(
        mixed.weight,
        expert_pairs(shown, tokenizer),
        None if mixed.on == "expert" else Accepted(),
        lambda sample: prompt_tokens(rows[sample]["prompt"], tokenizer),
        seed=run.config.seed,
        rank=rank,
    )
