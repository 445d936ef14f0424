"""Before a training step: does the reward tell completions of the start model apart?

GRPO learns from differences inside a group. When all completions of a prompt get the same reward the group is saturated and teaches
nothing; when all groups are, the training runs, costs and changes nothing. RAFT imitates what the grader accepts: when it accepts
everything there is nothing to choose, and when it accepts nothing of so few completions it may still of many.
"""

from __future__ import annotations

from pathlib import Path

from rewardkit.judging.spending import Ledger, Spent
from rewardkit.judging.terms import terms
from rewardkit.scoring import Scorer

from ..drawing import draw
from ..jobs import Job
from ..methods.lengths import check_lengths
from ..methods.policies import load_policy
from ..plans import preflight_plan
from ..ranks import Ranks
from ..reporting import Reporter
from ..settings.sampling import raft_accepting
from .advice import advise
from .probe import Probe, measured


def preflight(
    job: Job,
    start: Path | None,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
    *,
    ledger: Path | None = None,
) -> Probe:
    """Sample from the base, or from what the stage in `start` left, tell what was found, and return it. Writes nothing.

    What judges are asked is noted in `ledger`, or where the run notes it. Raises ConfigError when a row is too long for the model, or when
    nothing could be learned, unless a warm start is still to come, and GuardStop when too much is unscored.
    """
    config, plan, grader = job.file.config, preflight_plan(job.file), job.grader
    samples = job.samples.train[: config.preflight.prompts]
    policy = ranks.together(lambda: load_policy(job.file, start))
    ranks.together(lambda: check_lengths(job.file, job.samples, policy))
    model = policy.as_model("preflight")
    scorer.times.take()
    with terms(ledger=ledger):
        drawn = draw(model, samples, grader, plan, scorer, ranks)
    shares = ranks.collect(lambda: scorer.times.take().get(grader.name, []))
    raft = raft_accepting(job.file, grader) if config.method == "raft" else None
    found = measured(
        drawn.results,
        plan.repeats,
        truncated=drawn.truncated,
        accept=None if raft is None else raft.accept,
        seconds=[one for share in shares for one in share],
        judged=ranks.first(lambda: Spent() if ledger is None else Ledger(ledger).spent()),
    )
    reporter.say(f"preflight ({'base' if start is None else 'sft'}): {found}")
    warnings = ranks.together(
        lambda: advise(
            found,
            unscored_limit=config.guard.unscored_limit,
            certain=start is not None or config.sft is None,
            table=config.method,
            ends=grader.options.range,
            length_aware=grader.options.length_aware,
        )
    )
    for warning in warnings:
        reporter.say(f"warning: {warning}")
    return found
