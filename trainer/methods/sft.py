"""Supervised fine-tuning through TRL: on expert rows beside or before the training, and on what RAFT accepts in each round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from rewardkit.runs import RunFolder
from rewardkit.samples import Sample

from ..ranks import Ranks
from ..reporting import Reporter
from ..rows.data import answers_of, sft_rows
from ..settings import arguments
from ..settings.config import RunFile
from .fitting import fit
from .policies import Policy, load_policy


def train_sft(
    run: RunFile,
    expert: Sequence[Sample],
    work: Path,
    *,
    phase: str,
    folder: RunFolder | None,
    reporter: Reporter,
    ranks: Ranks,
    changes: Mapping[str, Any] | None = None,
) -> Policy:
    """A fresh base model (or a fresh adapter on it) fine-tuned on the expert rows; loss on the answers only.

    `changes` override [sft]; `folder` None keeps no metrics.
    """
    policy = ranks.together(lambda: load_policy(run))
    answers = answers_of(expert, run.config.data.gold)
    rows = sft_rows(answers, run.config.data.system, chat=policy.chat)
    settings = arguments.sft_arguments(run, work, changes)
    tuned, _ = fine_tune(
        run, policy, rows, settings, work, phase=phase, folder=folder, reporter=reporter, ranks=ranks
    )
    return tuned


def fine_tune(
    run: RunFile,
    policy: Policy,
    rows: Sequence[Mapping[str, Any]],
    settings: Any,
    work: Path,
    *,
    phase: str,
    folder: RunFolder | None,
    reporter: Reporter,
    ranks: Ranks,
    callbacks: Sequence[Any] = (),
) -> tuple[Policy, float | None]:
    """The model after TRL's SFTTrainer with those settings, and the mean loss of its logged steps; the same model on every process.

    An adapter that `policy` carries is trained on; without one [lora] adds a fresh one.
    """
    from datasets import Dataset
    from trl import SFTTrainer

    trainer = SFTTrainer(
        model=policy.model,
        args=settings,
        train_dataset=Dataset.from_list(list(rows)),
        processing_class=policy.tokenizer,
        peft_config=None if policy.is_adapter else arguments.lora_config(run),
        callbacks=list(callbacks),
    )
    fit(trainer, work, phase, folder, reporter, ranks)
    # The history is in the checkpoints, so a resumed training has the losses of all steps too.
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    tuned = Policy(trainer.model, policy.tokenizer, run.config.lora is not None)
    return tuned, fmean(losses) if losses else None
