"""Machine plates: the power of a device, in whichever unit the writer likes."""

import re

from rewardkit import case, reward

WATTS = {"w": 1.0, "kw": 1e3, "mw": 1e6, "gw": 1e9, "hp": 745.7}
QUANTITY = re.compile(r"(-?[0-9][0-9,]{0,15}(?:\.[0-9]{1,15})?)\s{0,5}([A-Za-z]{1,10})")


def to_watts(text: str) -> float | None:
    """The last power named in the text, in watts."""
    known = [(number, unit.lower()) for number, unit in QUANTITY.findall(text) if unit.lower() in WATTS]
    if not known:
        return None
    number, unit = known[-1]
    return float(number.replace(",", "")) * WATTS[unit]


@case("The plate says 4.5 MW.", reference="4.5 MW", expect=1)
@case("4,500 kW", reference="4.5 MW", expect=1)
@case("4.5 kW", reference="4.5 MW", expect=0)
@case("I cannot read it.", reference="750 W", expect=0)
@reward(answer="text")
def plate_power(completion: str, reference: str) -> bool:
    """Full marks when the power is the reference's to one part in a thousand; any unit will do."""
    given, wanted = to_watts(completion), to_watts(reference)
    return given is not None and wanted is not None and abs(given - wanted) <= 1e-3 * abs(wanted)
