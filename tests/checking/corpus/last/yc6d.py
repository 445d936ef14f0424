"""Reranking: the model gives every passage a relevance, the order it implies is compared with the annotators'."""

import json
from itertools import combinations

from rewardkit import Unscored, case, order, reward


@case('{"p1": 0.2, "p2": 0.9, "p3": 0.4}', reference=["p2", "p3", "p1"], expect=1)
@case('{"p1": 0.9, "p2": 0.1, "p3": 0.4}', reference=["p2", "p3", "p1"], expect=0)
@case('{"p2": 0.9, "p3": 0.4}', reference=["p2", "p3", "p1"], expect=0)
@case("p2, p3, p1", reference=["p2", "p3", "p1"], expect=0)
@order(
    '{"p1": 9, "p2": 1, "p3": 5}',
    '{"p1": 5, "p2": 6, "p3": 1}',
    '{"p1": 1, "p2": 9, "p3": 5}',
    reference=["p2", "p3", "p1"],
)
@reward(answer="json")
def relevance(completion: str, reference: list[str]) -> float:
    """The share of pairs of passages that stand in the annotators' order."""
    if not isinstance(reference, list) or len(reference) < 2:
        raise Unscored("nothing to rank")
    try:
        scores = json.loads(completion)
    except (ValueError, RecursionError):
        return 0.0
    if not isinstance(scores, dict) or set(scores) != set(reference):
        return 0.0
    if not all(type(score) in (int, float) for score in scores.values()):
        return 0.0
    pairs = list(combinations(reference, 2))
    kept = sum(scores[better] >= scores[worse] for better, worse in pairs)
    return kept / len(pairs)
