"""Supervised fine-tuning on the expert rows: the warm start before GRPO, and the baseline beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.runs import RunFolder
from rewardkit.samples import Sample

from ..ranks import Ranks
from ..reporting import Reporter
from ..rows.data import sft_rows
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
    from datasets import Dataset
    from trl import SFTTrainer

    policy = ranks.together(lambda: load_policy(run))
    rows = sft_rows(expert, run.config.data.gold, run.config.data.system, chat=policy.chat)
    trainer = SFTTrainer(
        model=policy.model,
        args=arguments.sft_arguments(run, work, changes),
        train_dataset=Dataset.from_list(rows),
        processing_class=policy.tokenizer,
        peft_config=arguments.lora_config(run),
    )
    fit(trainer, work, phase, folder, reporter, ranks)
    return Policy(trainer.model, policy.tokenizer, run.config.lora is not None)
