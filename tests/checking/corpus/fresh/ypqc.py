"""Conversions between local time and UTC for flight plans."""

import re
from datetime import datetime

from rewardkit import Unscored, case, reward

STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?: ?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
)


def moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace(" Z", "Z").replace(" +", "+")).replace(
            second=0, tzinfo=None
        )
    except ValueError:
        return None


@case("2026-03-29T00:30Z", reference="2026-03-29T00:30+00:00", expect=1)
@case("Off blocks at 2026-03-29 00:30:00 Z.", reference="2026-03-29T00:30+00:00", expect=1)
@case("2026-03-29T01:30Z", reference="2026-03-29T00:30+00:00", expect=0)
@case("half past midnight", reference="2026-03-29T00:30+00:00", expect=0)
@reward(answer="date")
def off_blocks(completion: str, reference: str) -> bool:
    """The one time stamp of the answer is the moment of departure."""
    wanted = moment(reference)
    if wanted is None:
        raise Unscored(f"{reference!r} is no time stamp")
    stamps = {match.group() for match in STAMP.finditer(completion)}
    return len(stamps) == 1 and moment(stamps.pop()) == wanted
