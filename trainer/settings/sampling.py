"""How completions are sampled for training, whatever the method, and which of them are accepted where that is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.grader import Grader

from .arguments import grpo_arguments
from .config import RunFile


@dataclass(frozen=True, slots=True)
class GroupSampling:
    """`group` completions of a prompt, of at most `max_tokens` tokens each."""

    group: int
    max_tokens: int
    temperature: float
    top_p: float


@dataclass(frozen=True, slots=True)
class Accepting:
    """What is sampled, and what of it is kept to be imitated: scores of `accept` or more, at most `most` texts of a prompt."""

    sampling: GroupSampling
    accept: float
    most: int


def group_sampling(run: RunFile) -> GroupSampling:
    """How the method of the run samples while it trains."""
    raft = run.config.raft
    if raft is not None:
        return GroupSampling(raft.num_generations, raft.max_completion_length, raft.temperature, raft.top_p)
    settings = grpo_arguments(run, Path("unused"))
    return GroupSampling(
        settings.num_generations, settings.max_completion_length, settings.temperature, settings.top_p
    )


@dataclass(frozen=True, slots=True)
class RaftPlan:
    """Rounds of RAFT, and the prompts of each."""

    rounds: int
    prompts: int


def raft_plan(run: RunFile, count: int) -> RaftPlan:
    """The rounds of [raft] on `count` training samples."""
    raft = run.config.raft
    assert raft is not None
    return RaftPlan(raft.rounds, raft.prompts or count)


def raft_accepting(run: RunFile, grader: Grader) -> Accepting:
    """What a round of RAFT samples and keeps. ConfigError as `accepted_from` has it."""
    raft = run.config.raft
    assert raft is not None
    return Accepting(group_sampling(run), accepted_from(run, "raft", raft.accept, grader), raft.most)


def warm_start_accepting(run: RunFile, grader: Grader) -> Accepting:
    """What the warm start samples and keeps, as long as the completions of the training. ConfigError as `accepted_from` has it."""
    warm = run.config.warm_start
    assert warm is not None
    sampling = replace(group_sampling(run), group=warm.num_generations, temperature=warm.temperature)
    return Accepting(sampling, accepted_from(run, "warm_start", warm.accept, grader), warm.most)


def check_accepting(run: RunFile, grader: Grader) -> None:
    """ConfigError as `accepted_from` has it, for each table with a key `accept`."""
    if run.config.raft is not None:
        raft_accepting(run, grader)
    if run.config.warm_start is not None:
        warm_start_accepting(run, grader)


def accepted_from(run: RunFile, table: str, accept: float | None, grader: Grader) -> float:
    """The least score that is accepted: `accept`, or the grader's solved_at. ConfigError when no score is below it, or none reaches it."""
    low, high = grader.options.range
    if accept is None:
        return grader.options.solved_at
    if not low < accept <= high:
        raise ConfigError(
            f"accept = {accept:g} in [{table}]: {grader} scores from {low:g} to {high:g}, so it would accept "
            f"{'everything' if accept <= low else 'nothing'}; allowed: above {low:g}, at most {high:g} (without the key: its solved_at, "
            f"{grader.options.solved_at:g})",
            where=run.toml.where(table, "accept"),
        )
    return accept
