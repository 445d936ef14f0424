"""What one process scores of each generation: are its groups whole, and can it be done while the others wait?

TRL's sampler repeats each prompt `num_generations` times and accelerate deals the generation out in consecutive runs: of 2 processes with
6 completions each and groups of 4, rank 0 gets 0000 11 and rank 1 gets 11 2222. Both questions are answered before the first step.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.grader import Grader
from rewardkit.interop.trl import workers_here
from rewardkit.scoring.pool import PREPARE_SECONDS, START_SECONDS

from ..ranks import Ranks
from ..settings.arguments import round_arguments
from ..settings.config import RunFile
from ..settings.sampling import group_sampling, raft_plan
from .outages import LONGEST_PAUSE

_MOST = 0.5  # of ddp_timeout: what scoring may take before a warning is due


def completions_of(settings: Any) -> int:
    """How many completions of one generation a process scores; `settings` is the GRPOConfig."""
    return int(settings.per_device_train_batch_size * settings.steps_per_generation)


def share_bounds(count: int, repeats: int, batch_size: int, ranks: Ranks) -> tuple[int, int]:
    """The first of `count` samples that this process draws from, and the first that it does not; it has all repeats of its samples."""
    step = math.lcm(batch_size, repeats) // repeats  # samples after which a batch ends
    steps = math.ceil(count / step)
    begin, end = (math.ceil(steps * rank / ranks.size) * step for rank in (ranks.rank, ranks.rank + 1))
    return min(begin, count), min(end, count)


def check_groups(run: RunFile, settings: Any, grader: Grader) -> None:
    """ConfigError, with values that work, when a process would get part of a group that the grader wants whole."""
    here, group = completions_of(settings), int(settings.num_generations)
    if not grader.in_groups or here % group == 0:
        return
    each, steps = int(settings.per_device_train_batch_size), int(settings.steps_per_generation)
    sizes = [size for size in range(2, here + 1) if here % size == 0]
    raise ConfigError(
        f"{grader} grades the num_generations = {group} completions of a prompt together, and each process gets {here} completions of a "
        f"generation (per_device_train_batch_size = {each} x steps_per_generation = {steps}), so groups would be torn apart. Set "
        f"per_device_train_batch_size = {_next(each, steps, group)}, or steps_per_generation = {_next(steps, each, group)}, or "
        f"num_generations = {' or '.join(map(str, sizes))}",
        where=run.toml.where("grpo", "per_device_train_batch_size"),
    )


def check_deadline(run: RunFile, settings: Any, grader: Grader, ranks: Ranks) -> str:
    """ConfigError when scoring one generation may outlast `ddp_timeout`; a warning when it may take much of it, else nothing.

    What it may take is what it takes when every call of the grader runs into its time-out.
    """
    if ranks.size == 1:
        return ""
    group = int(settings.num_generations)
    which = "per_device_train_batch_size x steps_per_generation"
    return _deadline(run, "grpo", completions_of(settings), group, which, settings.ddp_timeout, grader)


def check_round_deadline(run: RunFile, count: int, grader: Grader, ranks: Ranks) -> str:
    """`check_deadline` for a round of RAFT on `count` training samples: what the process with the largest share scores of it."""
    if ranks.size == 1:
        return ""
    group, prompts = group_sampling(run).group, raft_plan(run, count).prompts
    shares = [
        share_bounds(prompts, group, run.config.eval.batch_size, Ranks(rank, ranks.size))
        for rank in range(ranks.size)
    ]
    here = max(end - begin for begin, end in shares) * group
    timeout = round_arguments(run, Path("unused"), 1).ddp_timeout
    return _deadline(run, "raft", here, group, "[raft] prompts x num_generations", timeout, grader)


def _deadline(
    run: RunFile, table: str, here: int, group: int, which: str, ddp_timeout: int, grader: Grader
) -> str:
    workers = workers_here() or (os.cpu_count() or 1)
    longest = longest_scoring(grader, here, group, workers)
    if run.config.guard.wait and (grader.is_async or grader.asks_a_judge):
        longest += LONGEST_PAUSE
    if longest <= _MOST * ddp_timeout:
        return ""
    settings = "raft.sft" if table == "raft" else table
    found = (
        f"scoring a generation may take {longest:,.0f} s on a process ({here} completions, {workers} worker{'s' * (workers > 1)}, "
        f"timeout={grader.options.timeout:g} s of {grader}), and the other processes wait ddp_timeout = {ddp_timeout} s. Lower "
        f"the grader's timeout= or the completions of a process ({which}), start fewer "
        f"processes on a machine so that each has more workers, or raise [{settings}] ddp_timeout"
    )
    if longest >= ddp_timeout:
        raise ConfigError(found, where=run.toml.where(table))
    return found


def longest_scoring(grader: Grader, completions: int, group: int, workers: int) -> float:
    """Seconds that scoring takes when every call is stopped by its time-out, one reference takes all it may, and workers start anew."""
    calls = math.ceil(completions / group) if grader.in_groups else completions
    together = grader.options.concurrency if grader.is_async else workers
    if grader.options.isolation == "inline" and not grader.is_async:
        together = 1
    return math.ceil(calls / together) * grader.options.timeout + PREPARE_SECONDS + START_SECONDS


def _next(value: int, other: int, group: int) -> int:
    """The least number from `value` on whose product with `other` is a multiple of `group`."""
    step = group // math.gcd(group, other)
    return math.ceil(value / step) * step
