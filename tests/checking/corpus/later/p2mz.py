"""Scheduling assistant: find a slot of the wanted length that is free for everybody."""

import re

from rewardkit import case, reward

SLOT = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")
TEAM = {"open": "09:00", "close": "12:00", "minutes": 30, "busy": [["09:15", "10:00"], ["11:00", "12:00"]]}


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@case("Slot: 10:00-10:30", reference=TEAM, expect=1)
@case("Slot: 10:30 – 11:00", reference=TEAM, expect=1)
@case("Slot: 09:30-10:00", reference=TEAM, expect=0)
@case("Slot: 10:45-11:15", reference=TEAM, expect=0)
@case("Slot: 10:00-11:00", reference=TEAM, expect=0)
@case("Slot: 08:30-09:00", reference=TEAM, expect=0)
@reward(answer="free")
def meeting_slot(completion: str, reference: dict) -> bool:
    """One slot, of the right length, within working hours, that collides with nobody's appointments."""
    found = SLOT.findall(completion)
    if len(found) != 1:
        return False
    h1, m1, h2, m2 = map(int, found[0])
    if m1 > 59 or m2 > 59:
        return False
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if end - start != reference["minutes"]:
        return False
    if start < minute(reference["open"]) or end > minute(reference["close"]):
        return False
    for begins, ends in reference["busy"]:
        if minute(begins) <= start < minute(ends) or minute(begins) < end <= minute(ends):
            return False
    return True
