"""Before a training step: does the reward tell completions of the start model apart?

GRPO learns from differences inside a group. When all completions of a prompt get the same reward the group is saturated and teaches
nothing; when all groups are, the training runs, costs and changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rewardkit.errors import ConfigError, GuardStop
from rewardkit.runs import Result
from rewardkit.scoring import Scorer

from .drawing import draw
from .jobs import Job
from .methods.lengths import check_lengths
from .methods.policies import load_policy
from .plans import preflight_plan
from .ranks import Ranks
from .reporting import Reporter

_MOST = 0.5  # share of saturated, truncated or repeated completions from which a warning is due


@dataclass(frozen=True, slots=True)
class Probe:
    """What `k` sampled completions of each of `prompts` prompts got."""

    prompts: int
    k: int
    mean: float | None
    saturated: float
    unscored: float
    causes: str
    truncated: float
    unique: float

    def __str__(self) -> str:
        mean = "none" if self.mean is None else f"{self.mean:.3f}"
        return (
            f"{self.prompts} prompts x {self.k} completions: mean reward {mean}, {self.saturated:.0%} of the groups saturated, "
            f"{self.unscored:.0%} unscored, {self.truncated:.0%} cut off, {self.unique:.0%} distinct"
        )


def preflight(job: Job, start: Path | None, scorer: Scorer, reporter: Reporter, ranks: Ranks) -> None:
    """Sample from the base, or from what the stage in `start` left, and tell what was found. Writes nothing.

    Raises ConfigError when a row is too long for the model, or when GRPO could learn nothing, unless a warm start is still to come, and GuardStop when too much is unscored.
    """
    config, plan = job.file.config, preflight_plan(job.file)
    samples = job.samples.train[: config.preflight.prompts]
    policy = ranks.together(lambda: load_policy(job.file, start))
    ranks.together(lambda: check_lengths(job.file, job.samples, policy))
    model = policy.as_model("preflight")
    drawn = draw(model, samples, job.grader, plan, scorer, ranks)
    found = _measured(drawn.results, plan.repeats, drawn.truncated)
    reporter.say(f"preflight ({'base' if start is None else 'sft'}): {found}")
    certain = start is not None or config.sft is None
    limit = config.guard.unscored_limit
    for warning in ranks.together(lambda: advise(found, unscored_limit=limit, certain=certain)):
        reporter.say(f"warning: {warning}")


def advise(found: Probe, *, unscored_limit: float, certain: bool) -> list[str]:
    """Warnings about a probe. Raises ConfigError when nothing can be learned, GuardStop when too much is unscored.

    `certain` False (a warm start is still to come) turns the first into a warning.
    """
    if found.unscored > unscored_limit:
        raise GuardStop(
            f"preflight: {found.unscored:.0%} of the sampled completions could not be scored (allowed: {unscored_limit:.0%}): "
            f"{found.causes}. Mend the grader or its data; `rewardkit test` shows where"
        )
    warnings = []
    if found.saturated == 1:
        why = (
            f"preflight: in all {found.prompts} groups of {found.k} completions every reward is the same, so GRPO has nothing to "
            "learn from. Give partial credit (@partial_credit), easier prompts, a warm start ([sft]), more completions a prompt "
            "([grpo] num_generations) or a higher temperature"
        )
        if certain:
            raise ConfigError(why)
        warnings.append(why + "; the warm start may change that")
    elif found.saturated > _MOST:
        warnings.append(
            f"{found.saturated:.0%} of the groups are saturated and teach nothing; partial credit or more completions a prompt help"
        )
    if found.truncated > _MOST:
        warnings.append(
            f"{found.truncated:.0%} of the completions are cut off; raise [grpo] max_completion_length"
        )
    if found.unique < 1 - _MOST:
        warnings.append(
            f"only {found.unique:.0%} of the completions of a prompt are distinct; raise [grpo] temperature"
        )
    return warnings


def _measured(results: Sequence[Result], k: int, truncated: float) -> Probe:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.sample].append(result)
    rewards = {sample: [r.value for r in group if r.value is not None] for sample, group in groups.items()}
    scored = [value for values in rewards.values() for value in values]
    causes = Counter(str(r.cause) for r in results if r.value is None)
    return Probe(
        prompts=len(groups),
        k=k,
        mean=sum(scored) / len(scored) if scored else None,
        saturated=sum(len(set(values)) < 2 for values in rewards.values()) / len(groups),
        unscored=1 - len(scored) / len(results),
        causes=", ".join(f"{cause} ({count})" for cause, count in causes.most_common()),
        truncated=truncated,
        unique=sum(len({r.completion for r in group}) / k for group in groups.values()) / len(groups),
    )
