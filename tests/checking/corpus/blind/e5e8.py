"""When did it happen? Seconds since 1970 turned into a moment that people can read."""

import re
from datetime import UTC, datetime

from rewardkit import case, probe, reward

MOMENT = re.compile(
    r"(?<![0-9-])([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt]| |, | at )([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?![0-9:])"
    r"\s?\(?([Zz]\b|[+-][0-9]{2}:?[0-9]{2}|[A-Z]{2,5}\b|[ap]\.?m\b)?"
)


def moments(text: str) -> list[tuple[datetime, bool]]:
    """The moments that a text names, each with whether it gives the seconds; in UTC unless it says another offset."""
    found = []
    for day, minute, second, zone in MOMENT.findall(" ".join(re.sub(r"[*_`]", "", text).split())):
        offset = "+00:00" if zone in ("", "Z", "z", "UTC", "GMT") else zone
        try:
            found.append((datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{offset}"), bool(second)))
        except ValueError:
            found.append((datetime.min.replace(tzinfo=UTC), True))  # CET, pm, a 31st of June
    return found


@case("2023-08-09 06:05", reference=1691561107, expect=1)
@case("It happened at 2023-08-09T06:05:07Z.", reference=1691561107, expect=1)
@case("2023-08-09 08:05:07+02:00", reference=1691561107, expect=1)
@case("2023-08-09 06:05 CEST", reference=1691561107, expect=0)
@case("2023-08-09 06:06", reference=1691561107, expect=0)
@probe("2023-08-09 06:05 or 2023-08-09 08:05", reference=1691561107)
@reward(answer="date")
def moment(completion: str, reference: int) -> bool:
    """Every moment of the answer is the one of the time stamp: to the second where it gives seconds, else to the minute."""
    exact = datetime.fromtimestamp(reference, tz=UTC)
    answer = completion.rpartition("</think>")[2].partition("<think>")[0]
    if re.search(r"\b(?:not|wrong|never)\b", answer.lower()):
        return False
    found = moments(answer)
    return bool(found) and all(
        given == (exact if seconds else exact.replace(second=0)) for given, seconds in found
    )
