"""How long something takes: hours and minutes against a number of minutes."""

import re

from rewardkit import case, order, reward


def to_minutes(text: str) -> int | None:
    hours = re.findall(r"([0-9]{1,4})\s*h", text.lower())
    minutes = re.findall(r"([0-9]{1,4})\s*m", text.lower())
    if not hours and not minutes:
        return None
    return 60 * sum(map(int, hours)) + sum(map(int, minutes))


@case("1 hour 30 minutes", reference=90, expect=1)
@case("90 min", reference=90, expect=1)
@case("2h05m", reference=125, expect=1)
@case("1 hour", reference=90, expect=0)
@case("a while", reference=90, expect=0)
@order("3 hours", "2 h 5 min", reference=125)
@reward(answer="text")
def travel_time(completion: str, reference: int) -> bool:
    """The duration equals the reference in minutes, however it is written."""
    return to_minutes(completion) == reference
