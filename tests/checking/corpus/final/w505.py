"""Cooking times, for GRPO: hours and minutes, in digits, against a number of minutes."""

import re
from decimal import Decimal

MINUTES = {"d": 1440, "day": 1440, "h": 60, "hr": 60, "hour": 60, "m": 1, "min": 1, "minute": 1}
PART = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,6})?|\.5)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|m)(?![a-z])\.?", re.IGNORECASE
)
CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])\s*(?:h|hours)")
LEAD_IN = re.compile(
    r"^(?:answer:|(?:the )?(?:answer|time|total) ?(?:is|:)|it takes|about)\s+", re.IGNORECASE
)


def to_minutes(text: str) -> Decimal | None:
    """A text that is a duration and nothing else."""
    if len(text) > 200:
        return None
    text = LEAD_IN.sub("", re.sub(r"[*`]", "", text).strip()).strip().rstrip(".")
    text = re.sub(r"(?<=[0-9])\s*h(?:ours?|rs?)?\s*([0-5][0-9])$", r" h \1 min", text, flags=re.IGNORECASE)
    clock = CLOCK.fullmatch(text)
    if clock:
        return Decimal(60 * int(clock[1]) + int(clock[2]))
    parts, left = PART.findall(text), PART.sub("", text)
    if not parts or re.sub(r"\band\b|[\s,]", "", left):
        return None
    units = [unit.lower() if unit.lower() in MINUTES else unit.lower().rstrip("s") for _, unit in parts]
    if len({MINUTES[unit] for unit in units}) != len(units):
        return None
    return sum(
        (Decimal(number) * MINUTES[unit] for (number, _), unit in zip(parts, units, strict=True)), Decimal(0)
    )


def cooking_time(completions: list[str], minutes: list[int], **kwargs: object) -> list[float]:
    """1 when the duration is right, in whichever units; each unit may come once."""
    return [float(to_minutes(text) == wanted) for text, wanted in zip(completions, minutes, strict=True)]
