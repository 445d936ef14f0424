"""Rankings: a list in order, best first."""

import re
from itertools import combinations

from rewardkit import case, order, probe, reward

PLANETS = ["Jupiter", "Saturn", "Earth", "Mars"]


def read_list(text: str) -> list[str]:
    """Items on lines (numbered or not), or on one line between commas, semicolons or `>`."""
    lines = [line.strip() for line in text.strip().splitlines()]
    lines = [line for line in lines if line and not line.endswith(":")]
    if len(lines) == 1:
        lines = re.split(r"[,;>]", lines[0])
    items = (re.sub(r"^\s*(?:[0-9]{1,2}[.)]|[-*•])?\s*(?:and\s)?", "", line) for line in lines)
    return [" ".join(item.split()).strip("*.[]\"'").casefold() for item in items]


@case("1. Jupiter\n2. Saturn\n3. Earth\n4. Mars", reference=PLANETS, expect=1)
@case("Jupiter > Saturn > Earth > Mars", reference=PLANETS, expect=1)
@case("jupiter, saturn, mars, and earth", reference=PLANETS, expect=[0.6, 0.7])
@case("Mars, Earth, Saturn, Jupiter", reference=PLANETS, expect=0)
@case("Jupiter, Saturn", reference=PLANETS, expect=0)
@order("Saturn, Jupiter, Mars, Earth", "Jupiter, Saturn, Mars, Earth", reference=PLANETS)
@probe("Jupiter, Saturn, Earth, Mars, Jupiter", reference=PLANETS)
@reward(answer="list")
def ranking(completion: str, reference: list) -> float:
    """Kendall's tau, nothing below zero. Each item has to come exactly once."""
    wanted = [item.casefold() for item in reference]
    given = read_list(completion)
    if sorted(given) != sorted(wanted):
        return 0.0
    place = {item: number for number, item in enumerate(given)}
    pairs = list(combinations(wanted, 2))
    agreeing = sum(place[better] < place[worse] for better, worse in pairs)
    return max(0.0, (2 * agreeing - len(pairs)) / len(pairs))
