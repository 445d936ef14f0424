"""Ours, with more to say: five levels of partial credit, each a component of the score."""

from __future__ import annotations

from rewardkit import Item
from rewardkit.scores import Score
from scoring_parts.layers.rewardkit_inline import GRADERS, SCORER
from scoring_parts.layers.rewardkit_inline import prepare as prepare


def score(items: list[Item]) -> list[Score]:
    return SCORER.score(GRADERS["ladder"], items)


def values(results: list[Score]) -> list[float]:
    assert all(len(score.components) == 5 for score in results)
    return [float(score.value == 1) for score in results]
