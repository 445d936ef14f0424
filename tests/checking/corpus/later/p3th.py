"""Runbooks: which time-out a component should get, as a duration such as 90s, 15m or 1h 30m."""

import re

from rewardkit import case, probe, reward

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def duration(text: str) -> float:
    """The seconds that a text such as "1 hour 30 minutes" or "90m" stands for; 0 when it names none."""
    parts = re.findall(r"([0-9]+(?:\.[0-9]+)?)\s*([dhms])", text.lower())
    return sum(float(number) * SECONDS[unit] for number, unit in parts)


@case("Timeout: 90s", reference="90s", expect=1)
@case("Timeout: 1 minute 30 seconds", reference="90s", expect=1)
@case("Timeout: 1.5 h", reference="1h 30m", expect=1)
@case("Timeout: 90 minutes", reference="90s", expect=0)
@case("It depends.", reference="90s", expect=0)
@probe("Timeout:", reference="90s")
@reward(answer="text")
def timeout_value(completion: str, reference: str) -> bool:
    """The last `Timeout:` of the answer is as long as the reference."""
    _, marker, tail = completion.rpartition("Timeout:")
    given = duration(tail) if marker else 0.0
    return given > 0 and abs(given - duration(reference)) < 1e-6
