"""Power ratings from data sheets, converted to watts before they are compared."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, reward

VALUE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([a-zA-Zµμ]{1,9})")
WATTS = {
    "w": Decimal(1),
    "watt": Decimal(1),
    "watts": Decimal(1),
    "µw": Decimal("1e-6"),
    "μw": Decimal("1e-6"),
    "mw": Decimal("1e6"),
    "kw": Decimal("1e3"),
    "gw": Decimal("1e9"),
}


def in_watts(text: str) -> Decimal | None:
    match = VALUE.fullmatch(text.strip().strip("*`.").strip())
    if match is None or match[2].lower() not in WATTS:
        return None
    return Decimal(match[1]) * WATTS[match[2].lower()]


@case("450 MW", reference="450 MW", expect=1)
@case("0.45 GW", reference="450 MW", expect=1)
@case("450000 kW.", reference="450 MW", expect=1)
@case("450 kW", reference="450 MW", expect=0)
@case("45 MW", reference="450 MW", expect=0)
@case("450", reference="450 MW", expect=0)
@case("about half a gigawatt", reference="450 MW", expect=0)
@reward(answer="number")
def rated_output(completion: str, reference: str) -> bool:
    """The rated output with its unit, in whatever prefix."""
    truth = in_watts(reference)
    if truth is None:
        raise Unscored(f"no power: {reference!r}")
    return in_watts(completion) == truth
