"""Dates in leases: the day on which something happened."""

import re
from datetime import date, datetime

from rewardkit import case, reward

LAYOUTS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y")
DATE = re.compile(
    r"\b(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}"
    r"|[0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4}|[A-Z][a-z]{2,8} [0-9]{1,2}, [0-9]{4})\b"
)


def readings(text: str) -> set[date]:
    """The days that a date may stand for, in any of the usual layouts."""
    found = set()
    for layout in LAYOUTS:
        try:
            found.add(datetime.strptime(text, layout).date())
        except ValueError:
            continue
    return found


@case("2023-11-14", reference="2023-11-14", expect=1)
@case("The lease was signed on 14 November 2023.", reference="2023-11-14", expect=1)
@case("14/11/2023", reference="2023-11-14", expect=1)
@case("November 15, 2023", reference="2023-11-14", expect=0)
@case("14/11/2022", reference="2023-11-14", expect=0)
@case("2023-11-14 or 2023-11-15", reference="2023-11-14", expect=0)
@case("in November", reference="2023-11-14", expect=0)
@reward(answer="date")
def day(completion: str, reference: str) -> bool:
    """The only date of the answer is the one of the lease."""
    text = re.sub(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b", r"\1", completion)
    dates = DATE.findall(text)
    return len(dates) == 1 and date.fromisoformat(reference) in readings(dates[0])
