"""Plain words to a cron schedule. Two schedules are equal when they fire in the same minutes, however they are written."""

import re

from rewardkit import Unscored, case, order, probe, reward

MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
DAYS = {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}
FIELDS = [(0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, MONTHS), (0, 7, DAYS)]
FENCE = re.compile(r"```\w*")
PART = re.compile(r"(\*|[0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?(?:/([1-9][0-9]?))?")


def spread(field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    """All values of one field; None when it is no field."""
    values: set[int] = set()
    for part in field.split(","):
        match = PART.fullmatch(part)
        if match is None:
            return None
        first, last, step = match.groups()
        ends = (
            [names.get(end, int(end) if end.isdigit() else -1) for end in (first, last or first)]
            if first != "*"
            else [low, high]
        )
        if (
            (first == "*" and last)
            or not low <= ends[0] <= ends[1] <= high
            or (step and first != "*" and not last)
        ):
            return None
        values.update(range(ends[0], ends[1] + 1, int(step or 1)))
    return frozenset(values)


def fires(schedule: str) -> tuple[frozenset, ...] | None:
    """Minutes, hours, months, and pairs of day and weekday on which it fires."""
    schedule = schedule.strip(" \t`.\"'")
    fields = MACROS.get(schedule.lower(), schedule).lower().split() if len(schedule) < 200 else []
    sets = [spread(field, *limits) for field, limits in zip(fields, FIELDS)]
    if len(fields) != 5 or None in sets:
        return None
    minutes, hours, days, months, weekdays = *sets[:4], {day % 7 for day in sets[4]}
    both = fields[2].startswith("*") or fields[4].startswith("*")  # else either of the two is enough
    pairs = frozenset(
        (day, weekday)
        for day in range(1, 32)
        for weekday in range(7)
        if (all if both else any)((day in days, weekday in weekdays))
    )
    return minutes, hours, months, pairs


@case("Schedule: 0 9 * * 1-5", reference="0 9 * * 1-5", expect=1)
@case("On working days:\nSchedule: `00 09 * * MON-FRI`", reference="0 9 * * 1-5", expect=1)
@case("*/15 * * * *", reference="0,15,30,45 * * * *", expect=1)
@case("Schedule: 0 9 * * *", reference="0 9 * * 1-5", expect=0)
@probe("Schedule: 0 9 * * 1-5\nSchedule: 0 9 * * *", reference="0 9 * * 1-5")
@order("* * * * *", "0 9 * * 1,2,3,4,5", reference="0 9 * * 1-5")
@reward(answer="text", timeout=2)
def schedule(completion: str, reference: str) -> bool:
    """The five fields on the line 'Schedule: ...', or the only line of the answer."""
    wanted = fires(reference)
    if wanted is None:
        raise Unscored(f"{reference!r} is no schedule")
    lines = [
        line.strip() for line in completion.splitlines() if line.strip() and not FENCE.fullmatch(line.strip())
    ]
    named = [
        match[1]
        for line in lines
        if (
            match := re.match(
                r"[*_>#\-\s]{0,6}schedule(?:\*\*|__)?\s?:(?:\*\*|__)?([^\n]*)", line, re.IGNORECASE
            )
        )
    ]
    given = named or [re.sub(r"(?i)^the (?:answer|schedule) is:? ", "", line) for line in lines]
    return len(given) > 0 and {fires(text) for text in given} == {wanted}
