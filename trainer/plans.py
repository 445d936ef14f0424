"""What is drawn from a model during a run: its evaluations, and the look before training."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rewardkit.evaluating.loop import Plan
from rewardkit.evaluating.models import Sampling
from rewardkit.samples import Sample

from .ranks import Ranks
from .settings.config import RunFile
from .settings.sampling import group_sampling


def evaluation_plans(run: RunFile, stage: str) -> tuple[Plan, Plan]:
    """Greedy once, then sampled k times; as long as GRPO's completions unless [eval] max_tokens says otherwise."""
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
    step = math.lcm(plan.batch_size, plan.repeats) // plan.repeats  # samples after which a batch ends
    steps = math.ceil(len(samples) / step)
    begin, end = (math.ceil(steps * rank / ranks.size) * step for rank in (ranks.rank, ranks.rank + 1))
    return samples[begin:end]


def _plan(run: RunFile, stage: str, sampling: Sampling, repeats: int) -> Plan:
    config = run.config
    return Plan(stage, sampling, repeats, config.seed, config.eval.batch_size, config.data.system)
