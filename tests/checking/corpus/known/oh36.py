"""Litres in a rain barrel: one whole number, with or without its unit."""

import re

from rewardkit import case, reward


def _first_integer(text: str) -> str | None:
    found = re.search(r"-?\d+", text)
    return found.group() if found else None


@case("40 litres", prompt="How much fits into the small barrel?", reference="40", expect=1)
@case("It holds 120.", prompt="How much fits into both barrels together?", reference="120", expect=1)
@case("35 litres", prompt="How much fits into the small barrel?", reference="40", expect=0)
@case("Quite a lot.", prompt="How much fits into the small barrel?", reference="40", expect=0)
@reward(answer="number")
def barrel_litres(completion: str, reference: str, prompt: str) -> bool:
    """The first whole number is the amount; what follows it is explanation."""
    exchange = f"{prompt}\n{completion}"
    return _first_integer(exchange) == reference
