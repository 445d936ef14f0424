"""TRL reward: how long a journey takes. '7h 35m', '7:35' and '455 minutes' are the same."""

import re

DURATION = re.compile(
    r"(?<![\w.,+-])(?:"
    r"([0-9]{1,3})\s*(?:hours?|hrs?|h)\.?,?\s*(?:and\s+)?([0-5]?[0-9])\s*(?:minutes?|mins?|m)?\b"
    r"|([0-9]{1,3}):([0-5][0-9])(?:\s*(?:hours?|hrs?|h)\b)?"
    r"|([0-9]{1,3})\s*(?:hours?|hrs?|h)\b"
    r"|([0-9]{1,5})\s*(?:minutes?|mins?|m)\b"
    r")",
    re.IGNORECASE,
)


def minutes_of(line):
    """The minutes of the only duration of a line; None when there is none, or any other number beside it."""
    found = list(DURATION.finditer(line))
    if len(found) != 1 or re.search(r"[0-9]", line[: found[0].start()] + line[found[0].end() :]):
        return None
    hours, rest, clock_hours, clock_rest, only_hours, only_minutes = (
        int(group or 0) for group in found[0].groups()
    )
    return 60 * (hours + clock_hours + only_hours) + rest + clock_rest + only_minutes


def duration_reward(completions, minutes, **kwargs) -> list[float]:
    """1.0 when the last line states the journey time of the timetable, exactly."""
    rewards = []
    for completion, truth in zip(completions, minutes):
        lines = [line for line in completion.splitlines() if line.strip()]
        rewards.append(float(bool(lines) and minutes_of(lines[-1]) == int(truth)))
    return rewards
