"""Reranking of job applications: a score for each of them, compared pair by pair with the committee's ranking."""

import json
import re
from decimal import Decimal
from itertools import combinations

from rewardkit import Unscored, case, order, probe, reward

FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL | re.IGNORECASE)
RANKS = {"ana": 1, "bo": 2, "cem": 2, "dee": 4}


def refuse(word: str) -> None:
    raise ValueError(word)


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def read_scores(text: str) -> dict[str, Decimal] | None:
    match = FENCE.match(text.strip())
    try:
        scores = json.loads(
            match[1] if match else text,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=refuse,
            object_pairs_hook=once,
        )
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return (
        scores
        if isinstance(scores, dict) and all(isinstance(score, Decimal) for score in scores.values())
        else None
    )


@case('{"ana": 9, "bo": 7, "cem": 6, "dee": 1}', reference=RANKS, expect=1)
@case('```json\n{"dee": 0.1, "cem": 0.5, "bo": 0.5, "ana": 0.9}\n```', reference=RANKS, expect=1)
@case('{"ana": 1, "bo": 3, "cem": 3, "dee": 9}', reference=RANKS, expect=0)
@case('{"ana": 5, "bo": 5, "cem": 5, "dee": 5}', reference=RANKS, expect=0)
@case('{"ana": 9, "bo": 7, "dee": 1}', reference=RANKS, expect=0)
@case('{"ana": NaN, "bo": 7, "cem": 6, "dee": 1}', reference=RANKS, expect=0)
@case('{"ana": 9, "bo": 7}', reference={"ana": 1, "bo": 1}, expect="unscored")
@order('{"ana": 9, "bo": 7, "cem": 1, "dee": 2}', '{"ana": 9, "bo": 7, "cem": 6, "dee": 1}', reference=RANKS)
@probe('{"ana": true, "bo": true, "cem": true, "dee": true}', reference=RANKS)
@reward(answer="json", partial_cap=0.95)
def shortlist(completion: str, reference: dict[str, int]) -> float:
    """Pairs in the committee's order less pairs out of it, over all that it ranked apart; equal scores decide nothing."""
    if not isinstance(reference, dict) or not all(type(rank) is int for rank in reference.values()):
        raise Unscored("the ranks are no whole numbers")
    apart = [pair for pair in combinations(reference, 2) if reference[pair[0]] != reference[pair[1]]]
    if not apart:
        raise Unscored("the committee ranked nobody apart")
    scores = read_scores(completion)
    if scores is None or scores.keys() != reference.keys():
        return 0.0
    balance = 0
    for one, other in apart:
        better, worse = (one, other) if reference[one] < reference[other] else (other, one)
        balance += (scores[better] > scores[worse]) - (scores[better] < scores[worse])
    return max(0.0, balance / len(apart))
