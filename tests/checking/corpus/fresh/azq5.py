"""Conversions of local times for flight plans. Any offset will do as long as it is the same moment."""

import re
from datetime import datetime

from rewardkit import Unscored, case, order, probe, reward

STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ,]{1,2}([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.[0-9]{1,6})? ?(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+\u2212-][0-9]{2}):?([0-9]{2}))",
    re.IGNORECASE,
)


def moment(text: str) -> datetime | None:
    """The moment that makes up the whole text; None for anything else, a time without an offset too."""
    match = STAMP.fullmatch(text.replace("\u00a0", " ").strip(" \t\r\n.*`\"'")) if len(text) < 200 else None
    if match is None:
        return None
    day, clock, seconds, zulu, hours, minutes = match.groups()
    offset = "+00:00" if zulu else f"{hours}:{minutes}".replace("\u2212", "-")
    try:
        return datetime.fromisoformat(f"{day}T{clock}{seconds or ':00'}{offset}")
    except ValueError:
        return None


@case("Departure: 2026-03-29T00:30Z", reference="2026-03-29T00:30+00:00", expect=1)
@case(
    "Clocks change at one.\n**Departure:** 2026-03-29 00:30:00 UTC",
    reference="2026-03-29T00:30+00:00",
    expect=1,
)
@case("2026-03-29T01:30+01:00", reference="2026-03-29T00:30+00:00", expect=1)
@case("Departure: 2026-03-29T00:30+01:00", reference="2026-03-29T00:30+00:00", expect=0)
@case("Departure: 2026-03-29T00:30", reference="2026-03-29T00:30+00:00", expect=0)
@probe("Departure: 2026-03-29T00:30Z\nDeparture: 2026-03-28T23:30Z", reference="2026-03-29T00:30+00:00")
@order("soon", "2026-03-29T00:30Z", reference="2026-03-29T00:30+00:00")
@reward(answer="date", format_strict=True, timeout=2)
def departure(completion: str, reference: str) -> bool:
    """The moment on the line 'Departure: ...', or the whole answer when there is no such line, to the second."""
    wanted = moment(reference)
    if wanted is None:
        raise Unscored(f"{reference!r} is no time stamp with an offset")
    lines = [line.strip(" \t*_`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)departure\s*:", line)]
    whole = re.sub(
        r"^\s*(?:the )?(?:answer|departure)(?: is| time is)?:? ", "", completion, flags=re.IGNORECASE
    )
    return all(moment(text) == wanted for text in named or [whole])
