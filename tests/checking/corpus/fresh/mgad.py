"""Practice sheet "Coordinates on the sky": right ascension in degrees, 0 to 360, to half a degree."""

import re

from rewardkit import Unscored, case, order, reward

VALUE = re.compile(r"RA\s*[:=]\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:°|deg(?:rees?)?)?\s*\.?\s*$", re.IGNORECASE)


@case("RA: 83.8", reference=83.82, expect=1)
@case("5 h 35.3 min times 15 gives\nRA = 83.8°", reference=83.82, expect=1)
@case("RA: 84.5 deg", reference=83.82, expect=0)
@case("RA: 5.59", reference=83.82, expect=0)
@order("around Orion", "RA: 83.4", reference=83.82)
@reward(answer="number")
def right_ascension(completion: str, reference: float) -> bool:
    """The value after 'RA:' lies within half a degree of the catalogue's."""
    if not 0 <= reference < 360:
        raise Unscored(f"{reference} is no right ascension in degrees")
    found = [match for line in completion.splitlines() if (match := VALUE.search(line))]
    if len(found) != 1:
        return False
    return abs(float(found[0].group(1)) - reference) <= 0.5
