"""Unit conversion for power plants: the number and its unit."""

import math
import re

from rewardkit import case, reward

QUANTITY = re.compile(r"(?<![0-9,.])(-?[0-9][0-9,]*(?:\.[0-9]+)?)\s?([a-z]+)")


def quantity(text: str) -> tuple[float, str] | None:
    """The last number with a unit; people write KW, kw and kW, so case does not count."""
    found = QUANTITY.findall(text.lower())
    if not found:
        return None
    number, unit = found[-1]
    return float(number.replace(",", "")), unit


@case("3.5 MW", reference="3.5 MW", expect=1)
@case("3,500 kW are 3.5 MW.", reference="3.5 MW", expect=1)
@case("3.50MW", reference="3.5 MW", expect=1)
@case("35 MW", reference="3.5 MW", expect=0)
@case("3.5 kW", reference="3.5 MW", expect=0)
@case("3.5", reference="3.5 MW", expect=0)
@reward(answer="text")
def power(completion: str, reference: str) -> bool:
    """The right number with the right unit."""
    given, expected = quantity(completion), quantity(reference)
    if given is None or expected is None:
        return False
    return given[1] == expected[1] and math.isclose(given[0], expected[0], rel_tol=1e-6)
