"""A combination of which a part fails (RK131)."""

from __future__ import annotations

from rewardkit import case, reward, weighted


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="17", expect=1)
@reward(answer="number")
def number(completion: str, reference: str) -> bool:
    return reference in completion


@case("short", expect=1)
@case("a sentence that goes on for longer than it should", expect=0)
@reward(reference_free=True, length_aware=True)
def brief(completion: str) -> bool:
    return 0 < len(completion.strip()) < 30


rk131_pays_for_what_a_part_pays_for = weighted((number, 0.7), (brief, 0.3))
