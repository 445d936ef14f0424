"""TRL's own loop: the real `GRPOTrainer._calculate_rewards`, on a trainer that holds only what that method reads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from trl import GRPOTrainer

from scoring_parts.layers import last_token
from scoring_parts.rows import Row


def _rewards(completions: list[str], reference: list[str], **columns: Any) -> list[float]:
    return [last_token(completion, gold) for completion, gold in zip(completions, reference, strict=True)]


def _stub() -> GRPOTrainer:
    trainer = object.__new__(GRPOTrainer)
    trainer.accelerator = SimpleNamespace(device=torch.device("cpu"), is_main_process=True)
    trainer.args = SimpleNamespace(report_to=[])
    trainer.state = SimpleNamespace(global_step=0)
    trainer.environments = None
    trainer.reward_funcs = [_rewards]
    trainer.reward_processing_classes = [None]
    trainer.reward_func_names = ["last_token"]
    return trainer


_trainer = _stub()


def prepare(rows: list[Row]) -> tuple[list[dict[str, str]], list[str], list[str], list[list[int]]]:
    inputs = [{"prompt": row.prompt, "reference": row.reference} for row in rows]
    return inputs, [row.prompt for row in rows], [row.completion for row in rows], [[0]] * len(rows)


def score(prepared: Any) -> torch.Tensor:
    return _trainer._calculate_rewards(*prepared)


def values(rewards: torch.Tensor) -> list[float]:
    return rewards[:, 0].tolist()
