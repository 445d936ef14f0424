"""Recipes: the shopping list for a dish. Each ingredient counts once, and what is not needed costs as much as what is missing."""

import re

from rewardkit import case, order, probe, reward

BULLET = re.compile(r"^(?:[-*•]|[0-9]{1,2}[.)])\s*")
SAME = {
    "aubergine": "eggplant",
    "courgette": "zucchini",
    "coriander": "cilantro",
    "scallion": "spring onion",
    "prawn": "shrimp",
}


def singular(word: str) -> str:
    if word.endswith("oes"):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def ingredients_of(text: str) -> set[str]:
    """'- Tomatoes\\n- olive oil' -> {'tomato', 'olive oil'}"""
    found = set()
    for part in re.split(r"[,;\n]|\band\b", text.rpartition(":")[2].lower()):
        words = BULLET.sub("", part.strip()).strip(" .*_").split()
        if words:
            name = " ".join([*words[:-1], singular(words[-1])])
            found.add(SAME.get(name, name))
    return found


@case("Tomatoes, olive oil and garlic", reference=["tomato", "olive oil", "garlic"], expect=1)
@case("You need:\n- garlic\n- olive oil\n- tomato", reference=["tomato", "olive oil", "garlic"], expect=1)
@case("aubergines, miso", reference=["eggplant", "miso"], expect=1)
@case("tomato, tomatoes, tomato", reference=["tomato", "olive oil", "garlic"], expect=0.5)
@case("Call a caterer.", reference=["tomato"], expect=0)
@order("garlic", "garlic, tomato", "garlic, tomato, olive oil", reference=["tomato", "olive oil", "garlic"])
@probe("salt, pepper, tomato, garlic, oil, flour, milk, eggs", reference=["tomato", "olive oil"], ceiling=0.2)
@reward(answer="list")
def shopping_list(completion: str, reference: list) -> float:
    """F1 of the ingredients listed against those of the recipe."""
    listed, needed = ingredients_of(completion), ingredients_of(", ".join(reference))
    return 2 * len(listed & needed) / (len(listed) + len(needed)) if listed else 0.0
