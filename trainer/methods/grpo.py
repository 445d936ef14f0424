"""Reinforcement fine-tuning with GRPO through TRL, and how many prompts its settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rewardkit.grader import Grader
from rewardkit.runs import RunFolder
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer

from ..curricula.curriculum import curriculum_of
from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.controls import control_of_run
from ..reward.outages import Patience, soon_told
from ..reward.rewards import TrainingReward
from ..reward.shapes import Annealed
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
from .changed import UNCHANGED, told_of_precision, weights_of
from .fitting import fit
from .policies import Policy, load_policy
from .stopping import check_window, stopped_by_checks

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
    texts: bool = True,
) -> Policy:
    """The model of the stage `start` (None: the base) after GRPO, the same on every process. `holdout` only looks on at checkpoints,
    `expert` rows are imitated where [mixed] says so.

    GuardStop, on every process, when too many completions were unscored or the training is past hope. `folder` None, as on all processes but
    one, keeps no metrics; `texts` False keeps completions out of what is recorded.
    """
    from datasets import Dataset
    from trl.trainer.utils import remove_none_values

    from .group_trainer import GroupTrainer

    policy = ranks.together(lambda: load_policy(run, start))
    settings = arguments.grpo_arguments(run, work)
    if settings.max_steps <= 0:
        settings.num_train_epochs = 1  # the passes over the data are in `order`
    # As in the evaluations, an answer ends where the chat template ends one; TRL knows only what the model's configuration names.
    policy.model.generation_config.eos_token_id = list(policy.as_model(PHASE).end_tokens)
    rows = Dataset.from_list(grpo_rows(samples, run.config.data.system, chat=policy.chat))
    rows = rows.with_transform(remove_none_values)
    order = training_order(len(samples), prompts_needed(settings, len(samples)), run.config.seed)
    config, clock = run.config.guard, StepClock()
    reward = _reward(run, grader, samples, settings.num_generations, scorer, reporter, ranks, clock)
    guard = GuardCallback(reward.window, config.unscored_limit)
    log = CompletionLog(config.check_last)
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
        listeners=[
            *([log] if config.checks else []),
            *listeners(run, samples, folder, ranks, PHASE, texts=texts),
        ],
        clock=clock,
        model=policy.model,
        args=settings,
        train_dataset=rows.select(order),
        processing_class=policy.tokenizer,
        peft_config=None if policy.is_adapter else arguments.lora_config(run),
        callbacks=[guard, TimesCallback(PHASE, folder, clock, scorer)],
    )
    begun = weights_of(trainer.model)
    if lossy := told_of_precision(trainer.model, settings.learning_rate):
        reporter.say(f"warning: {lossy}")
    watch = Watch(run, grader, samples, holdout, scorer, folder, reporter, PHASE, texts=texts)
    checks = CheckCallback(log, watch, ranks)
    health = HealthCallback(PHASE, Limits.of(config, grader))
    with closing(watch), soon_told(scorer, grader, config.wait):
        if config.checks:
            trainer.add_callback(checks)
        fit(trainer, work, PHASE, folder, reporter, ranks, health=health)
    ranks.together(lambda: _check(guard, checks, run))
    if weights_of(trainer.model) == begun:
        reporter.say(f"warning: {PHASE}: {UNCHANGED}")
    return Policy(trainer.model, policy.tokenizer, run.config.lora is not None)


def _reward(
    run: RunFile,
    grader: Grader,
    samples: Sequence[Sample],
    group: int,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
    clock: StepClock,
) -> TrainingReward:
    """The reward function of the run: the grader, or what a control makes of it, shaped as [curriculum] says."""
    config, asked = run.config, run.config.curriculum
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
        control=control_of_run(run, grader, samples, scorer),
        shape=shape,
        patience=Patience.of(config.guard, reporter),
        clock=clock,
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
        raise stopped_by_checks(checks.stopped, run)
    if guard.stopped_at is not None:
        check_window(guard.window, run, f"step {guard.stopped_at}")
