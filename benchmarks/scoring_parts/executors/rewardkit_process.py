"""Ours: `Scorer.score` of a grader under process isolation, each sample with its own deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rewardkit import Item, Scorer, collect
from scoring_parts.rows import Row

_graders = {grader.name: grader for grader in collect([str(Path(__file__).parents[1] / "graders.py")])}


@contextmanager
def executor(workers: int) -> Iterator[Callable[[str, list[Row], float], list[Any]]]:
    with Scorer(workers=workers) as scorer:

        def run(work: str, rows: list[Row], amount: float) -> list[Any]:
            items = [Item(row.completion, {"reference": row.reference, "amount": amount}) for row in rows]
            return [score.value for score in scorer.score(_graders[work], items)]

        yield run
