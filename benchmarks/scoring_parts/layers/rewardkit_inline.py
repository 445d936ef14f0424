"""Ours: `Scorer.score` of an inline reward that returns bool; a list of typed Score objects comes back."""

from __future__ import annotations

from pathlib import Path

from rewardkit import Item, Scorer, collect
from rewardkit.scores import Score
from scoring_parts.rows import Row

GRADERS = {grader.name: grader for grader in collect([str(Path(__file__).parents[1] / "graders.py")])}
SCORER = Scorer()


def prepare(rows: list[Row]) -> list[Item]:
    return [Item(row.completion, {"prompt": row.prompt, "reference": row.reference}) for row in rows]


def score(items: list[Item]) -> list[Score]:
    return SCORER.score(GRADERS["last_token"], items)


def values(results: list[Score]) -> list[float | None]:
    return [score.value for score in results]
