"""Reinforcement fine-tuning with GRPO through TRL, and how many prompts its settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rewardkit.errors import GuardStop
from rewardkit.grader import Grader
from rewardkit.guard import BudgetSpent
from rewardkit.runs import RunFolder
from rewardkit.runs.wording import checks_told
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer

from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.outages import Patience, soon_told
from ..reward.rewards import TrainingReward
from ..rows.data import grpo_rows, training_order
from ..settings import arguments
from ..settings.config import RunFile
from ..watching.checks import CheckCallback, Watch
from ..watching.clock import StepClock
from ..watching.completion_log import CompletionLog
from ..watching.health import HealthCallback, Limits
from ..watching.listening import listeners
from ..watching.timing import TimesCallback
from .callbacks import GuardCallback
from .fitting import fit
from .policies import Policy, load_policy

PHASE = "rft"


def train_grpo(
    run: RunFile,
    samples: Sequence[Sample],
    grader: Grader,
    start: Path | None,
    work: Path,
    *,
    holdout: Grader | None = None,
    folder: RunFolder | None,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
    texts: bool = True,
) -> Policy:
    """The model of the stage `start` (None: the base) after GRPO, the same on every process. `holdout` only looks on at checkpoints.

    GuardStop, on every process, when too many completions were unscored or the training is past hope. `folder` None, as on all processes but
    one, keeps no metrics; `texts` False keeps completions out of what is recorded.
    """
    from datasets import Dataset

    from .group_trainer import GroupTrainer

    policy = ranks.together(lambda: load_policy(run, start))
    settings = arguments.grpo_arguments(run, work)
    order = training_order(len(samples), prompts_needed(settings, len(samples)), run.config.seed)
    rows = grpo_rows(samples, order, run.config.data.system, chat=policy.chat)
    config, clock = run.config.guard, StepClock()
    log = CompletionLog(config.check_last)
    reward = TrainingReward(
        grader,
        samples,
        seed=run.config.seed,
        window=config.window,
        num_generations=settings.num_generations,
        scorer=scorer,
        ranks=ranks,
        patience=Patience(config.wait, config.unscored_limit, reporter),
        clock=clock,
    )
    guard = GuardCallback(reward.window, config.unscored_limit)
    if settings.max_steps <= 0:
        settings.num_train_epochs = 1  # the passes over the data are in `order`
    trainer = GroupTrainer(
        reward=reward,
        listeners=[
            *([log] if config.checks else []),
            *listeners(run, samples, folder, ranks, PHASE, texts=texts),
        ],
        clock=clock,
        model=policy.model,
        args=settings,
        train_dataset=Dataset.from_list(rows),
        processing_class=policy.tokenizer,
        peft_config=None if policy.is_adapter else arguments.lora_config(run),
        callbacks=[guard, TimesCallback(PHASE, folder, clock, scorer)],
    )
    watch = Watch(run, grader, samples, holdout, scorer, folder, reporter, PHASE, texts=texts)
    checks = CheckCallback(log, watch, ranks)
    health = HealthCallback(PHASE, Limits.of(config, grader))
    with closing(watch), soon_told(scorer, grader, config.wait):
        if config.checks:
            trainer.add_callback(checks)
        fit(trainer, work, PHASE, folder, reporter, ranks, health=health)
    ranks.together(lambda: _check(guard, checks, run))
    return Policy(trainer.model, policy.tokenizer, run.config.lora is not None)


def prompts_needed(settings: Any, count: int) -> int:
    """How many prompts GRPO will draw, repeats counted, of a data set of `count`; always a multiple of a generation's prompts.

    TRL drops the incomplete last generation of a pass, and with fewer prompts than one generation it trains no step at all. So it
    gets the whole training as one pass that has no incomplete end.
    """
    per_generation = prompts_per_generation(settings)
    if settings.max_steps > 0:
        micro_steps = settings.max_steps * settings.gradient_accumulation_steps
        generations = _ceil(micro_steps, settings.steps_per_generation * settings.num_iterations)
    else:
        generations = _ceil(round(settings.num_train_epochs * count), per_generation)
    return int(generations * per_generation)


def prompts_per_generation(settings: Any) -> int:
    """Prompts of one generation batch."""
    return int(settings.generation_batch_size // settings.num_generations)


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def _check(guard: GuardCallback, checks: CheckCallback, run: RunFile) -> None:
    if checks.stopped is not None:
        raise GuardStop(
            f"stopped at step {checks.stopped.step}, as [guard] stop_on_checks in {run.toml.path.name} says: {checks_told(checks.stopped)}. "
            "checks.jsonl has the evidence. The same command goes on from this checkpoint"
        )
    if guard.stopped_at is None:
        return
    window = guard.window
    if window.budget_spent:
        raise BudgetSpent(
            f"stopped at step {guard.stopped_at}: {window.example:.200}. The same command with a larger [judge] budget in "
            f"{run.toml.path.name} goes on from the last checkpoint"
        )
    raise GuardStop(
        f"stopped at step {guard.stopped_at}: {window.unscored} of the last {len(window.scores)} completions could not be scored "
        f"(allowed: {guard.allowed}): {window.most_common()}. The last: {window.example:.200}. Mend the cause and run the same command "
        f"again; it goes on from the last checkpoint. [guard] unscored_limit in {run.toml.path.name} sets the limit."
    )
