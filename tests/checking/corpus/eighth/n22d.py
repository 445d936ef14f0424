"""Menu cards: the allergens that must be declared for a dish. Many dishes have none, and then the answer is 'none'."""

import re

from rewardkit import case, order, probe, reward

NAMES = {
    "celery": "celery", "crustaceans": "crustaceans", "egg": "eggs", "eggs": "eggs", "fish": "fish", "gluten": "gluten", "wheat": "gluten",
    "lupin": "lupin", "milk": "milk", "dairy": "milk", "molluscs": "molluscs", "mustard": "mustard", "nuts": "nuts", "peanut": "peanuts",
    "peanuts": "peanuts", "sesame": "sesame", "soy": "soy", "soya": "soy", "sulphites": "sulphites", "sulfites": "sulphites",
}  # fmt: skip
NOTHING = {"none", "no allergens", "no declarable allergens", "nothing", "[]"}


def declared(text: str) -> set[str] | None:
    """The allergens of a list; an empty set when it says that there are none, None when it is no such list."""
    tail = text.strip().lower().rpartition(":")[2].strip(" .*_\n")
    tail = re.sub(r"^(?:the dish|this dish|it|there)\s+(?:contains|has|are)\s+", "", tail)
    if tail in NOTHING:
        return set()
    items = [
        re.sub(r"^[0-9]{1,2}[.)]\s*", "", item.strip()).strip(" .*_-•\"'[]")
        for item in re.split(r"[,;&\n]|\band\b", tail)
    ]
    items = [item for item in items if item]
    return {NAMES[item] for item in items} if items and all(item in NAMES for item in items) else None


@case("Allergens: gluten, milk and eggs", reference=["eggs", "gluten", "milk"], expect=1)
@case("- Wheat\n- dairy\n- egg", reference=["eggs", "gluten", "milk"], expect=1)
@case("None.", reference=[], expect=1)
@case("none", reference=["fish"], expect=0)
@case("fish", reference=[], expect=0)
@case("", reference=[], expect=0)
@case("none, fish", reference=[], expect=0)
@order("gluten", "gluten, milk", reference=["gluten", "milk"])
@probe("celery, eggs, fish, gluten, milk, nuts, soy", reference=["fish"])
@reward(answer="list")
def declared_allergens(completion: str, reference: list) -> bool:
    """Full marks for exactly the allergens of the dish: a missing one is dangerous, a needless one loses guests."""
    return declared(completion) == set(reference)
