"""A measured quantity: number and unit."""

import re

from rewardkit import case, order, reward

NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")


def value_in(text: str) -> float | None:
    found = NUMBER.search(text.replace(",", ""))
    return float(found[0]) if found else None


@case("5 m", reference="5 m", expect=1)
@case("5.02 m", reference="5 m", expect=1)
@case("The rope is 5 m.", reference="5 m", expect=1)
@case("5", reference="5 m", expect=0)
@case("5 s", reference="5 m", expect=0)
@case("6 m", reference="5 m", expect=0)
@order("500 J", "5 m", reference="5 m")
@reward(answer="free")
def measurement(completion: str, reference: str) -> bool:
    """Full marks for the number of the reference, to one part in a hundred, in the unit of the reference."""
    unit = reference.split()[-1]
    value, wanted = value_in(completion), value_in(reference)
    if value is None or not completion.rstrip(" .\n").endswith(unit):
        return False
    return abs(value - wanted) <= 0.01 * abs(wanted)
