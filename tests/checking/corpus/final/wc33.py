"""Scheduling: a room for a while, between the bookings it has."""

import re

from rewardkit import case, probe, reward

TUESDAY = {
    "minutes": 90,
    "open": "08:00",
    "close": "18:00",
    "bookings": [["09:30", "10:00"], ["12:00", "14:00"]],
}
SLOT = re.compile(
    r"(?:(?:book|answer|slot|from|it is|the slot is|the room is free)\W{1,3})*([0-9]{1,2}):([0-9]{2})\s*(?:h\s*)?"
    r"(?:-|–|—|to|until|till)\s*([0-9]{1,2}):([0-9]{2})(?:\s*h)?\W{0,3}",
    re.IGNORECASE,
)


def clock(hours: str, minutes: str) -> int | None:
    """Minutes after midnight, None for a time that no clock shows."""
    return 60 * int(hours) + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


@case("10:00-11:30", reference=TUESDAY, expect=1)
@case("From 14:00 to 15:30.", reference=TUESDAY, expect=1)
@case("08:00 – 09:30", reference=TUESDAY, expect=1)
@case("9:00-10:30", reference=TUESDAY, expect=0)
@case("10:00-11:00", reference=TUESDAY, expect=0)
@case("17:00-18:30", reference=TUESDAY, expect=0)
@case("in the afternoon", reference=TUESDAY, expect=0)
@probe("10:00-11:30, 11:30-13:00", reference=TUESDAY)
@reward(answer="text")
def booking(completion: str, reference: dict) -> bool:
    """One slot of the right length within opening hours that has no minute in common with a booking."""
    found = SLOT.fullmatch(completion.strip().strip("*`"))
    if found is None:
        return False
    start, end = clock(found[1], found[2]), clock(found[3], found[4])
    if start is None or end is None or end - start != reference["minutes"]:
        return False
    opening, closing = clock(*reference["open"].split(":")), clock(*reference["close"].split(":"))
    taken = [(clock(*first.split(":")), clock(*last.split(":"))) for first, last in reference["bookings"]]
    return opening <= start and end <= closing and all(end <= first or last <= start for first, last in taken)
