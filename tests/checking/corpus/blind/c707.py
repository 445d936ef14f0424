"""Log analysis: Unix time stamps as date and time in UTC."""

import re
from datetime import datetime

from rewardkit import case, reward

STAMP = re.compile(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?(?![0-9:])")


@case("2024-05-03 12:30", reference=1714739400, expect=1)
@case("The request came in at 2024-05-03T12:30:00Z.", reference=1714739400, expect=1)
@case("2024-05-03 13:30", reference=1714739400, expect=0)
@case("3 May at half past twelve", reference=1714739400, expect=0)
@reward(answer="date")
def utc_minute(completion: str, reference: int) -> bool:
    """The one point in time of the answer is that of the time stamp, to the minute."""
    found = {f"{day} {time}" for day, time in STAMP.findall(completion)}
    return found == {datetime.fromtimestamp(reference).strftime("%Y-%m-%d %H:%M")}
