"""Physics problems with a unit: 'Answer: 3.2 km' is as good as 'Answer: 3200 m'."""

import math
import re

from rewardkit import Unscored, case, reward

# unit -> (dimension, factor to the base unit)
UNITS = {
    "m": ("length", 1.0),
    "km": ("length", 1e3),
    "cm": ("length", 1e-2),
    "mm": ("length", 1e-3),
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "g": ("mass", 1e-3),
    "kg": ("mass", 1.0),
    "t": ("mass", 1e3),
    "J": ("energy", 1.0),
    "kJ": ("energy", 1e3),
}
QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d{1,2})?)\s*([A-Za-z]+)\.?", re.ASCII)


def read(text: str) -> tuple[str, float] | None:
    """Dimension and size in base units; spelled-out units ('metres', 'grams', 'seconds') count as their signs."""
    match = QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    number, unit = match.groups()
    for sign, (dimension, factor) in UNITS.items():
        if unit.startswith(sign):
            return dimension, float(number) * factor
    return None


@case("The track is 3200 m long.\nAnswer: 3.2 km", reference="3.2 km", expect=1)
@case("Answer: 3200 m", reference="3.2 km", expect=1)
@case("Answer: 12 seconds", reference="12 s", expect=1)
@case("Answer: 12 kg", reference="12 s", expect=0)
@case("Answer: 3.2 m", reference="3.2 km", expect=0)
@case("Answer: 12", reference="12 s", expect=0)
@reward
def quantity(completion: str, reference: str) -> bool:
    """The right size in the right dimension, to half a per cent."""
    expected = read(reference)
    if expected is None:
        raise Unscored(f"the reference {reference!r} is no quantity")
    found = read(completion.rpartition("Answer:")[2]) if completion.count("Answer:") == 1 else None
    return (
        found is not None and found[0] == expected[0] and math.isclose(found[1], expected[1], rel_tol=0.005)
    )
