"""What is drawn from a model during a run: its evaluations, and the look before training."""

from __future__ import annotations

from pathlib import Path

from rewardkit.evaluating.loop import Plan
from rewardkit.evaluating.models import Sampling

from . import arguments
from .config import RunFile


def evaluation_plans(run: RunFile, stage: str) -> tuple[Plan, Plan]:
    """Greedy once, then sampled k times; as long as GRPO's completions unless [eval] max_tokens says otherwise."""
    config = run.config.eval
    most = config.max_tokens or arguments.grpo_arguments(run, Path("unused")).max_completion_length
    greedy = _plan(run, stage, Sampling(max_tokens=most, temperature=0.0), 1)
    return greedy, _plan(run, stage, Sampling(max_tokens=most, temperature=config.temperature), config.k)


def preflight_plan(run: RunFile) -> Plan:
    """Sampled as GRPO will sample, `k` (default: GRPO's group size) completions of a prompt."""
    settings = arguments.grpo_arguments(run, Path("unused"))
    sampling = Sampling(
        max_tokens=settings.max_completion_length, temperature=settings.temperature, top_p=settings.top_p
    )
    return _plan(run, "preflight", sampling, run.config.preflight.k or settings.num_generations)


def _plan(run: RunFile, stage: str, sampling: Sampling, repeats: int) -> Plan:
    config = run.config
    return Plan(stage, sampling, repeats, config.seed, config.eval.batch_size, config.data.system)
