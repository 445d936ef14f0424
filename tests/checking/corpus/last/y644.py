"""Incident reports: when did it start? An ISO 8601 time with its offset."""

import re
from datetime import datetime

from rewardkit import Unscored, case, reward

SHAPE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)


def moment(text: str) -> datetime | None:
    text = text.strip().strip("`*. ")
    if SHAPE.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


@case("2026-03-05T14:20:00+01:00", reference="2026-03-05T14:20:00+01:00", expect=1)
@case("2026-03-05 14:20+01:00", reference="2026-03-05T14:20:00+01:00", expect=1)
@case("`2026-03-05T14:20:00+01:00`", reference="2026-03-05T14:20:00+01:00", expect=1)
@case("2026-03-05T15:20:00+01:00", reference="2026-03-05T14:20:00+01:00", expect=0)
@case("2026-03-06T14:20:00+01:00", reference="2026-03-05T14:20:00+01:00", expect=0)
@case("2026-03-05T14:20:00", reference="2026-03-05T14:20:00+01:00", expect=0)
@case("shortly after lunch", reference="2026-03-05T14:20:00+01:00", expect=0)
@reward(answer="date", format_strict=True)
def incident_start(completion: str, reference: str) -> bool:
    """The start of the incident, to the second."""
    start = moment(reference)
    if start is None:
        raise Unscored("the reference is no time with an offset")
    return moment(completion) == start
