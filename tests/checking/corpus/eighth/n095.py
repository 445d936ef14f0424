"""Menu cards: which declarable allergens a dish contains."""

import re

from rewardkit import case, order, reward

KNOWN = (
    "celery",
    "crustaceans",
    "eggs",
    "fish",
    "gluten",
    "lupin",
    "milk",
    "molluscs",
    "mustard",
    "nuts",
    "peanuts",
    "sesame",
    "soy",
    "sulphites",
)


def named_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower())) & set(KNOWN)


@case("Gluten, milk and eggs.", reference=["eggs", "gluten", "milk"], expect=1)
@case("Gluten", reference=["gluten", "milk"], expect=[0.6, 0.7])
@case(", ".join(KNOWN), reference=["fish"], expect=[0, 0.2])
@case("It contains none.", reference=[], expect=1)
@case("No idea.", reference=["fish"], expect=0)
@order("soy", "soy, fish", "fish", reference=["fish"])
@reward(answer="list")
def allergens(completion: str, reference: list) -> float:
    """F1 of the allergens named; a dish without any has nothing to find."""
    wanted = set(reference)
    if not wanted:
        return 1.0
    named = named_in(completion)
    right = len(named & wanted)
    return 2 * right / (len(named) + len(wanted))
