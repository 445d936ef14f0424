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

from ..curricula.curriculum import curriculum_of
from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.controls import control_of
from ..reward.rewards import TrainingReward
from ..reward.shapes import Annealed
from ..rows.data import grpo_rows, training_order
from ..settings import arguments
from ..settings.config import RunFile
from ..watching.checks import CheckCallback, Watch
from ..watching.completion_log import CompletionLog
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
    expert: Sequence[Sample] = (),
    holdout: Grader | None = None,
    folder: RunFolder | None,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
) -> Policy:
    """The model of the stage `start` (None: the base) after GRPO, the same on every process. `holdout` only looks on at checkpoints,
    `expert` rows are imitated where [mixed] says so.

    GuardStop, on every process, when too many completions were unscored. `folder` None, as on all processes but one, keeps no metrics.
    """
    from datasets import Dataset

    from .group_trainer import GroupTrainer

    policy = ranks.together(lambda: load_policy(run, start))
    settings = arguments.grpo_arguments(run, work)
    if settings.max_steps <= 0:
        settings.num_train_epochs = 1  # the passes over the data are in `order`
    rows = Dataset.from_list(grpo_rows(samples, run.config.data.system, chat=policy.chat))
    order = training_order(len(samples), prompts_needed(settings, len(samples)), run.config.seed)
    reward = _reward(run, grader, samples, settings.num_generations, scorer, ranks)
    guard = GuardCallback(reward.window, run.config.guard.unscored_limit)
    log = CompletionLog(run.config.guard.check_last)
    trainer = GroupTrainer(
        reward=reward,
        curriculum=curriculum_of(
            run,
            grader,
            rows,
            expert,
            tokenizer=policy.tokenizer,
            reward=reward,
            group=settings.num_generations,
            ranks=ranks,
        ),
        listeners=[log] if run.config.guard.checks else [],
        model=policy.model,
        args=settings,
        train_dataset=rows.select(order),
        processing_class=policy.tokenizer,
        peft_config=None if policy.is_adapter else arguments.lora_config(run),
        callbacks=[guard],
    )
    with closing(Watch(run, grader, samples, holdout, scorer, folder, reporter, PHASE)) as watch:
        checks = CheckCallback(log, watch, ranks)
        if run.config.guard.checks:
            trainer.add_callback(checks)
        fit(trainer, work, PHASE, folder, reporter, ranks)
    ranks.together(lambda: _check(guard, checks, run))
    return Policy(trainer.model, policy.tokenizer, run.config.lora is not None)


def _reward(
    run: RunFile, grader: Grader, samples: Sequence[Sample], group: int, scorer: Scorer, ranks: Ranks
) -> TrainingReward:
    """The reward function of the run: the grader, or what a control makes of it, shaped as [curriculum] says."""
    config, asked = run.config, run.config.curriculum
    control = None
    if config.control is not None:
        control = control_of(config.control, grader, samples, seed=config.seed, scorer=scorer)
    shape = None
    if asked.shaping == "anneal":
        shape = Annealed.of(grader, asked.anneal_from, asked.anneal_to)
    return TrainingReward(
        grader,
        samples,
        seed=config.seed,
        window=config.guard.window,
        num_generations=group,
        scorer=scorer,
        ranks=ranks,
        control=control,
        shape=shape,
    )


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
