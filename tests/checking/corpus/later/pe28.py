"""Recipe labels: all allergens of a dish, and only those."""

import re
from functools import lru_cache

from rewardkit import case, probe, reward


@lru_cache(maxsize=None)
def wanted(reference: str) -> list[str]:
    """The allergens of a reference such as "milk; eggs; wheat"."""
    return [name.strip().lower() for name in reference.split(";") if name.strip()]


def named(completion: str) -> list[str]:
    """The items after `Allergens:`, whichever way they are separated."""
    _, marker, tail = completion.rpartition("Allergens:")
    items = re.split(r"[,;\n]|\band\b", tail if marker else completion)
    return [item.strip(" .*-•\t").lower() for item in items if item.strip(" .*-•\t")]


@case("Allergens: milk, eggs", reference="milk; eggs", expect=1)
@case("Allergens: soy and sesame", reference="sesame; soy", expect=1)
@case("Allergens: fish", reference="fish; mustard", expect=0)
@case("Allergens: wheat, nuts, celery", reference="wheat; nuts", expect=0)
@probe("Allergens: milk, milk, milk", reference="milk; lupin; fish")
@reward(answer="list")
def allergen_list(completion: str, reference: str) -> bool:
    """Full marks for exactly the allergens of the reference, in any order."""
    remaining = wanted(reference)
    for item in named(completion):
        if item not in remaining:
            return False
        remaining.remove(item)
    return not remaining
