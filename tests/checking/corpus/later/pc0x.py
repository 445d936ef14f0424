"""Room booking: a slot of the wanted length in which the room is free, or "none" when there is no such slot."""

import re

from rewardkit import case, probe, reward

CLOCK = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
SLOT = re.compile(
    rf"(?:from\s+)?{CLOCK}\s*(?:h|uhr)?\s*(?:-|–|—|to|until|till)\s*{CLOCK}[\s.]*", re.IGNORECASE
)
ROOM = {"open": "09:00", "close": "12:00", "minutes": 60, "busy": [["09:30", "10:00"], ["11:15", "11:30"]]}
FULL = {"open": "09:00", "close": "11:00", "minutes": 60, "busy": [["09:45", "10:15"]]}


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def is_free(start: int, room: dict) -> bool:
    end = start + room["minutes"]
    inside = minute(room["open"]) <= start and end <= minute(room["close"])
    return inside and all(end <= minute(begins) or minute(ends) <= start for begins, ends in room["busy"])


@case("Slot: 10:00-11:00", reference=ROOM, expect=1)
@case("**Slot:** from 10:15 to 11:15.", reference=ROOM, expect=1)
@case("10:00 – 11:00", reference=ROOM, expect=1)
@case("Slot: 10:30-11:30", reference=ROOM, expect=0)
@case("Slot: 11:00-12:00", reference=ROOM, expect=0)
@case("Slot: 10:00-10:30", reference=ROOM, expect=0)
@case("Slot: none", reference=ROOM, expect=0)
@case("Slot: none", reference=FULL, expect=1)
@case("Slot: 09:30-10:30", reference=FULL, expect=0)
@probe("Slot: 10:00-11:00\nSlot: 09:00-10:00", reference=ROOM)
@probe("Slot: 10:00-11:00 or none", reference=ROOM)
@reward(answer="free")
def room_booking(completion: str, reference: dict) -> bool:
    """The slot after `Slot:` is free from start to end; "none" is right only when no start of the day works."""
    text = re.sub(r"[*_`]", "", completion)
    marked = re.findall(r"(?im)^[^\w\n]*(?:slot|answer)\s*:(.*)$", text)
    said = {re.sub(r"\s+", " ", answer).strip(" .").lower() for answer in marked or [text]}
    if len(said) != 1:
        return False
    answer = said.pop()
    if answer in ("none", "none available", "no slot", "no free slot"):
        opening, closing = minute(reference["open"]), minute(reference["close"])
        return not any(is_free(start, reference) for start in range(opening, closing))
    match = SLOT.fullmatch(answer)
    if not match:
        return False
    h1, m1, h2, m2 = map(int, match.groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    return end - start == reference["minutes"] and is_free(start, reference)
