"""Flight disruptions: the instant of departure as ISO 8601 with an offset. The zone it is written in does not matter."""

import re
from datetime import datetime, timedelta

from rewardkit import Unscored, case, probe, reward

SHAPE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.0{1,6})?\s?(?:(z|utc)|([+-])([0-9]{2})(?::?([0-9]{2}))?)",
    re.IGNORECASE,
)
FIRST = datetime(1, 1, 1)


def instant(text: str) -> timedelta | None:
    """The time since the first of January of year 1, in UTC; None when the text is no time with an offset."""
    match = SHAPE.fullmatch(text.strip().strip("`*\"'").removesuffix(".").replace("−", "-"))
    if match is None:
        return None
    day, clock, seconds, _, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if int(hours or 0) > 14 or int(minutes or 0) > 59:
        return None
    try:
        local = datetime.fromisoformat(f"{day}T{clock}{seconds or ':00'}") - FIRST
    except ValueError:
        return None
    return local + offset if sign == "-" else local - offset


@case("2026-03-29T01:30:00+01:00", reference="2026-03-29T01:30:00+01:00", expect=1)
@case("2026-03-29T00:30Z", reference="2026-03-29T01:30:00+01:00", expect=1)
@case("2026-03-28 19:30:00-05:00", reference="2026-03-29T01:30:00+01:00", expect=1)
@case("2026-03-29T01:30:00Z", reference="2026-03-29T01:30:00+01:00", expect=0)
@case("2026-03-29T01:30:00+02:00", reference="2026-03-29T01:30:00+01:00", expect=0)
@case("2026-03-29T01:30:00", reference="2026-03-29T01:30:00+01:00", expect=0)
@case("2026-03-29", reference="2026-03-29T01:30:00+01:00", expect=0)
@case("2026-03-29T00:30Z", reference="2026-03-29T01:30:00", expect="unscored")
@probe("2026-03-29T00:30Z or 2026-03-29T01:30Z", reference="2026-03-29T01:30:00+01:00")
@probe("0001-01-01T00:00:00+14:00", reference="2026-03-29T01:30:00+01:00")
@reward(answer="date", format_strict=True)
def departure(completion: str, reference: str) -> bool:
    """The same instant as the airline's record."""
    truth = instant(reference) if isinstance(reference, str) else None
    if truth is None:
        raise Unscored("the record has no offset")
    return instant(completion) == truth
