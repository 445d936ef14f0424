"""autoevals 0.4.1: the scorers that call no model.

pip install autoevals==0.4.1
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from autoevals.json import JSONDiff
from autoevals.number import NumericDiff
from autoevals.string import Levenshtein
from autoevals.value import ExactMatch

from rewardkit import reward


@reward(answer="text", format_strict=True)
def exact_match(completion: str, reference: str) -> float:
    """The same text."""
    return float(ExactMatch()(completion, reference).score)


@reward(answer="json")
def exact_match_json(completion: str, reference: dict[str, Any]) -> float:
    """The same JSON."""
    return float(ExactMatch()(completion, reference).score)


@reward(answer="text")
def levenshtein(completion: str, reference: str) -> float:
    """1 less the share of letters to change."""
    return float(Levenshtein()(completion, reference).score)


@reward(answer="json")
def json_diff(completion: str, reference: dict[str, Any]) -> float:
    """How much of two JSON values is alike."""
    return float(JSONDiff()(completion, reference).score)


@reward(answer="number")
def numeric_diff(completion: str, ground_truth: str) -> float:
    """1 less the relative difference; what is no number earns nothing."""
    try:
        number = float(completion.replace(",", ""))
    except ValueError:
        return 0.0
    if not isfinite(number):
        return 0.0
    return float(NumericDiff()(number, float(ground_truth)).score)
