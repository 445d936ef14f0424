"""When is an invoice due? Day and month in words, with the year or without ("11 December", "11 December 2026")."""

import re
from calendar import month_abbr, month_name
from datetime import date, datetime

from rewardkit import Unscored, case, reward

WRITTEN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Za-z]{3,9})\.?,?(?:\s+(\d{4}))?", re.ASCII)
MONTHS = {
    name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name
}


def read_day(text: str) -> date | None:
    text = text.strip().strip("*_`. ")
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    match = WRITTEN.fullmatch(text)
    if match is None or match[2].lower() not in MONTHS:
        return None
    year = int(match[3]) if match[3] else datetime.now().year
    try:
        return date(year, MONTHS[match[2].lower()], int(match[1]))
    except ValueError:
        return None


@case("11 December 2026", reference="2026-12-11", expect=1)
@case("11th of December, 2026", reference="2026-12-11", expect=1)
@case("2026-12-11", reference="2026-12-11", expect=1)
@case("12 December 2026", reference="2026-12-11", expect=0)
@case("in a month", reference="2026-12-11", expect=0)
@reward(answer="date")
def due_date(completion: str, reference: str) -> bool:
    """The day on which the payment is due."""
    try:
        due = date.fromisoformat(reference)
    except (TypeError, ValueError):
        raise Unscored("the reference is no date") from None
    return read_day(completion) == due
