"""The near neighbour of ../flawed/combination.py."""

from __future__ import annotations

from rewardkit import case, reward, weighted


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="17", expect=1)
@reward(answer="number")
def number(completion: str, reference: str) -> bool:
    try:
        return float(completion.rpartition("Answer:")[2]) == float(reference)
    except ValueError:
        return False


@case("short", expect=1)
@case("a sentence that goes on for longer than it should", expect=0)
@reward(reference_free=True, length_aware=True)
def brief(completion: str) -> bool:
    return 0 < len(completion.strip()) < 30


rk131_pays_for_what_a_part_pays_for = weighted((number, 0.7), (brief, 0.3))
