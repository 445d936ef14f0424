"""What is drawn from a model during a run: its evaluations, and the look before training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rewardkit.evaluating.loop import Plan
from rewardkit.evaluating.models import Sampling
from rewardkit.samples import Sample

from .ranks import Ranks
from .reward.shares import share_bounds
from .settings.arguments import grpo_arguments
from .settings.config import RunFile
from .settings.sampling import group_sampling, raft_plan


def evaluation_plans(run: RunFile, stage: str) -> tuple[Plan, Plan]:
    """Greedy once, then sampled k times; as long as the training's completions unless [eval] max_tokens says otherwise."""
    config = run.config.eval
    most = config.max_tokens or group_sampling(run).max_tokens
    greedy = _plan(run, stage, Sampling(max_tokens=most, temperature=0.0), 1)
    return greedy, _plan(run, stage, Sampling(max_tokens=most, temperature=config.temperature), config.k)


def preflight_plan(run: RunFile) -> Plan:
    """Sampled as the training will sample, `k` (default: its group size) completions of a prompt."""
    training = group_sampling(run)
    sampling = Sampling(
        max_tokens=training.max_tokens, temperature=training.temperature, top_p=training.top_p
    )
    return _plan(run, "preflight", sampling, run.config.preflight.k or training.group)


def share_of(samples: Sequence[Sample], plan: Plan, ranks: Ranks) -> Sequence[Sample]:
    """The samples that this process draws from; the shares of all processes, one after the other, are the samples.

    A share is made of whole batches of the plan. They are seeded from their rows, so the completions do not depend on who draws them.
    """
    begin, end = share_bounds(len(samples), plan.repeats, plan.batch_size, ranks)
    return samples[begin:end]


def training_completions(run: RunFile, count: int) -> int:
    """How many completions a training on `count` samples generates, those for a warm start among them."""
    return _training_prompts(run, count) * group_sampling(run).group + _for_warm_start(run, count)


def training_told(run: RunFile, count: int) -> str:
    """The same in words: what two methods are fairly compared by."""
    prompts, group = _training_prompts(run, count), group_sampling(run).group
    what = f"GRPO: {prompts:,} prompts, repeats counted"
    if run.config.method == "raft":
        plan = raft_plan(run, count)
        what = f"RAFT: {plan.rounds:,} rounds of {plan.prompts:,} prompts"
    sampled = _for_warm_start(run, count)
    before = f", besides {sampled:,} for the warm start" if sampled else ""
    return f"{what}, {group:,} completions of each: {prompts * group:,} generated completions{before}"


def _training_prompts(run: RunFile, count: int) -> int:
    """Prompts that are answered while training, repeats counted."""
    if run.config.method == "raft":
        plan = raft_plan(run, count)
        return plan.rounds * plan.prompts
    from .methods.grpo import prompts_needed

    return prompts_needed(grpo_arguments(run, Path("unused")), count)


def _for_warm_start(run: RunFile, count: int) -> int:
    warm = run.config.warm_start
    return 0 if warm is None or warm.on == "expert" else count * warm.num_generations


def _plan(run: RunFile, stage: str, sampling: Sampling, repeats: int) -> Plan:
    config = run.config
    return Plan(stage, sampling, repeats, config.seed, config.eval.batch_size, config.data.system)
