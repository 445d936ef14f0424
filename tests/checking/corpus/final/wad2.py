"""Scheduling: a slot for a meeting that collides with nothing."""

import re

from rewardkit import case, reward

MONDAY = {"minutes": 60, "window": ["09:00", "17:00"], "busy": [["09:00", "10:30"], ["12:00", "13:00"]]}


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def free(start: int, end: int, busy: list) -> bool:
    """Whether neither end of the meeting falls into a booked slot."""
    for first, last in busy:
        if clock(first) <= start < clock(last) or clock(first) < end <= clock(last):
            return False
    return True


@case("10:30-11:30", reference=MONDAY, expect=1)
@case("13:00 - 14:00", reference=MONDAY, expect=1)
@case("10:00-11:00", reference=MONDAY, expect=0)
@case("11:30-12:30", reference=MONDAY, expect=0)
@case("10:30-11:00", reference=MONDAY, expect=0)
@case("16:30-17:30", reference=MONDAY, expect=0)
@case("any time", reference=MONDAY, expect=0)
@reward(answer="text")
def meeting_slot(completion: str, reference: dict) -> bool:
    """The slot has the right length, lies in the working hours and overlaps no booked one."""
    found = re.fullmatch(r"([0-2]?[0-9]:[0-5][0-9])\s*[-–]\s*([0-2]?[0-9]:[0-5][0-9])\.?", completion.strip())
    if found is None:
        return False
    start, end = clock(found[1]), clock(found[2])
    opening, closing = map(clock, reference["window"])
    if end - start != reference["minutes"] or start < opening or end > closing:
        return False
    return free(start, end, reference["busy"])
