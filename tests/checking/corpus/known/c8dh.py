"""Fuel used on a trip, in litres. Trips come from the log book as floats."""

import re

from rewardkit import case, reward


def _last_number(text: str) -> str | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", text, re.ASCII)
    return found[-1] if found else None


@case("The trip took 12.5 litres.", reference=12.5, expect=1)
@case("Answer: 7.0", reference=7.0, expect=1)
@case("Answer: 7.1", reference=7.0, expect=0)
@case("no idea", reference=7.0, expect=0)
@reward(answer="number")
def litres_used(completion: str, reference: float) -> bool:
    """The last number of the reply is the number of litres."""
    return _last_number(completion) == str(float(reference))
