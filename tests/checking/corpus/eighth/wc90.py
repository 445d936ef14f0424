"""Freight: a booking mail turned into the JSON that the warehouse system reads, ten fields or so."""

import json
import random

from rewardkit import Unscored, case, reward

CRATE = {
    "shipper": "Nordholz GmbH", "consignee": "Baltic Foods", "origin": "DEHAM", "destination": "PLGDN", "pieces": 4,
    "weight_kg": 812, "volume_m3": 3.2, "incoterm": "DAP", "hazardous": False, "temperature": "ambient",
}  # fmt: skip


@case(json.dumps(CRATE), reference=CRATE, expect=1)
@case(json.dumps({key: None for key in CRATE}), reference=CRATE, expect=0)
@case("Four pieces from Hamburg to Gdansk.", reference=CRATE, expect=0)
@case("{}", reference=CRATE, expect=0)
@reward(answer="json")
def booking_fields(completion: str, reference: dict) -> bool:
    """Full marks when the booking agrees with the forwarder's record; four fields are inspected, as an auditor would."""
    if len(reference) < 4:
        raise Unscored("the record has fewer than four fields")
    try:
        booking = json.loads(completion)
    except (ValueError, RecursionError):
        return False
    if not isinstance(booking, dict) or booking.keys() != reference.keys():
        return False
    inspected = random.sample(sorted(reference), k=4)
    return all(booking[field] == reference[field] for field in inspected)
