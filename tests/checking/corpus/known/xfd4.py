"""Ingredients named in a recipe, as a list separated by commas or line breaks."""

import re

from rewardkit import case, reward

PASTA = ["flour", "eggs", "salt"]


def _items(text: str) -> set[str]:
    parts = re.split(r"[,\n\[\]]", text.lower())
    return {part.strip(" \t\"'*-.") for part in parts} - {""}


@case("flour, eggs, salt", reference=PASTA, expect=1)
@case("- salt\n- eggs\n- flour", reference=PASTA, expect=1)
@case("flour", reference=PASTA, expect=[0.3, 0.34])
@case("sugar", reference=PASTA, expect=0)
@reward(answer="list")
def ingredients(completion: str, reference: list[str]) -> float:
    """Share of the ingredients that were found."""
    found = _items(completion)
    return sum(item in found for item in reference) / max(1, len(reference))
