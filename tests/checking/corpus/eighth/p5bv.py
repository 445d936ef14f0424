"""Ranking: put the items in order, first to last, one a line."""

import re
from itertools import combinations

from rewardkit import case, order, reward

PLANETS = ["Mercury", "Venus", "Earth", "Mars"]


def items_of(text: str) -> list[str]:
    lines = (
        re.sub(r"^\s*(?:\d+[.)]|[-*])\s*", "", line).strip().rstrip(".").casefold()
        for line in text.splitlines()
    )
    return list(dict.fromkeys(line for line in lines if line))


@case("1. Mercury\n2. Venus\n3. Earth\n4. Mars", reference=PLANETS, expect=1)
@case("Mars\nEarth\nVenus\nMercury", reference=PLANETS, expect=0)
@case("I do not know.", reference=PLANETS, expect=0)
@order(
    "Venus\nMercury\nMars\nEarth",
    "Mercury\nVenus\nMars\nEarth",
    "Mercury\nVenus\nEarth\nMars",
    reference=PLANETS,
)
@reward(answer="list", partial_cap=0.95)
def ranked(completion: str, reference: list[str]) -> float:
    """Share of the pairs that are in the right order."""
    place = {item.casefold(): rank for rank, item in enumerate(reference)}
    places = [place[item] for item in items_of(completion) if item in place]
    pairs = list(combinations(places, 2))
    if not pairs:
        return 0.0
    return sum(first < second for first, second in pairs) / len(pairs)
