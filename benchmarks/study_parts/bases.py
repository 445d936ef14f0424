"""The base models of the study: tiny Llamas pre-trained on an imperfect teacher, kept in the store and made again from their seeds.

`a` and `b` differ in seed, in what they read and in how often their teacher errs; `low` had a teacher that errs nearly always.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .tasks import STORE, task_named

STEPS = 1_000
PAIRS = 24_000
_READS = 1_000  # seeds of what bases read begin here


@dataclass(frozen=True, slots=True)
class Base:
    """How one base of a task is made."""

    seed: int
    harm: str
    steps: int = STEPS
    pairs: int = PAIRS


BASES = {
    "a": Base(0, "usual"),
    "b": Base(1, "more"),
    "low": Base(2, "nearly always"),
    "smoke": Base(0, "usual", steps=20, pairs=1_000),
}


@cache
def folder_of(task: str, base: str) -> Path:
    """Where the base model lies, or will lie; another place when its recipe or its teacher is changed."""
    recipe, source = BASES[base], task_named(task)
    taught = source.pairs(100, seed=_READS + recipe.seed, harm=recipe.harm, forbidden=set())
    mark = hashlib.sha256(repr((recipe, taught)).encode()).hexdigest()[:8]
    return STORE / "bases" / f"{task}-{base}-{mark}"


def is_built(task: str, base: str) -> bool:
    return (folder_of(task, base) / "recipe.json").is_file()


def build(task: str, base: str) -> dict[str, Any]:
    """Pre-train it unless it is there; the record's line about it."""
    from rewardkit.trainer.tiny import TinyConfig, pretrain

    recipe, source = BASES[base], task_named(task)
    begun = time.process_time()
    pairs = source.pairs(
        recipe.pairs, seed=_READS + recipe.seed, harm=recipe.harm, forbidden=source.prompts()
    )
    folder_of(task, base).parent.mkdir(parents=True, exist_ok=True)
    pretrain(pairs, folder_of(task, base), config=TinyConfig(steps=recipe.steps), seed=recipe.seed)
    return {"task": task, "base": base, "cpu": round(time.process_time() - begun, 1)}
