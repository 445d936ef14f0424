"""openevals 0.2.2: the evaluators that call no model.

pip install openevals==0.2.2
"""

from __future__ import annotations

import json
from typing import Any

from openevals.exact import exact_match
from openevals.json import create_json_match_evaluator
from openevals.string.levenshtein import levenshtein_distance

from rewardkit import reward

_average = create_json_match_evaluator(aggregator="average")
_all = create_json_match_evaluator(aggregator="all")


def _read(completion: str) -> dict[str, Any]:
    """The object that a completion holds; what holds none is an empty one."""
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@reward(answer="text", format_strict=True)
def exact(completion: str, reference: str) -> bool:
    """The very same text."""
    return bool(exact_match(outputs=completion, reference_outputs=reference)["score"])


@reward(answer="json")
def exact_json(completion: str, reference: dict[str, Any]) -> bool:
    """The very same JSON."""
    return bool(exact_match(outputs=_read(completion), reference_outputs=reference)["score"])


@reward(answer="text")
def levenshtein(completion: str, reference: str) -> float:
    """1 less the share of letters to change."""
    return float(levenshtein_distance(outputs=completion, reference_outputs=reference)["score"])


@reward(answer="json")
def json_match_average(completion: str, reference: dict[str, Any]) -> float:
    """The share of keys, of either, that have the right value."""
    return _score(_average(outputs=_read(completion), reference_outputs=reference))


@reward(answer="json")
def json_match_all(completion: str, reference: dict[str, Any]) -> float:
    """Every key of either has the right value."""
    return _score(_all(outputs=_read(completion), reference_outputs=reference))


def _score(results: Any) -> float:
    return float((results[0] if isinstance(results, list) else results)["score"])
