"""How completions are sampled for training, whatever the method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .arguments import grpo_arguments
from .config import RunFile


@dataclass(frozen=True, slots=True)
class GroupSampling:
    """`group` completions of a prompt, of at most `max_tokens` tokens each."""

    group: int
    max_tokens: int
    temperature: float
    top_p: float


def group_sampling(run: RunFile) -> GroupSampling:
    """How the method of the run samples while it trains."""
    settings = grpo_arguments(run, Path("unused"))
    return GroupSampling(
        settings.num_generations, settings.max_completion_length, settings.temperature, settings.top_p
    )
