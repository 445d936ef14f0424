"""On what day does the contract renew? A date; a year that is left out is that of the notice."""

import re
from datetime import date

from rewardkit import Unscored, case, probe, reward

NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name[:length]: number for number, name in enumerate(NAMES, 1) for length in (3, len(name))} | {
    "sept": 9
}
LEAD = re.compile(
    r"\A(?:(?:the |its )?(?:contract |agreement |renewal |answer|date|day|it |final |next )+\s?(?:renews|is|falls|date|on|:|=)?\s*(?:on|is|:|=)?\s*:?\s*)",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\A(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+", re.IGNORECASE)
DAY_FIRST = re.compile(
    r"(?:the )?([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]([a-z]{3,9})\.?(?:,? |-)?([0-9]{4})?", re.IGNORECASE
)
MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?", re.IGNORECASE)
ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")


def day_of(text: str, year: int) -> date | None:
    text = re.sub(r"\s+", " ", text.replace("‑", "-")).strip(" *_`\"'.")
    text = WEEKDAY.sub("", LEAD.sub("", text).strip(" *_`\"'."))
    if match := ISO.fullmatch(text):
        parts = (int(match[1]), int(match[2]), int(match[3]))
    elif match := DAY_FIRST.fullmatch(text):
        parts = (int(match[3] or year), MONTHS.get(match[2].lower(), 0), int(match[1]))
    elif match := MONTH_FIRST.fullmatch(text):
        parts = (int(match[3] or year), MONTHS.get(match[1].lower(), 0), int(match[2]))
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


@case("1 March 2025", reference="2025-03-01", notice_date="2025-01-14", expect=1)
@case("1 March", reference="2025-03-01", notice_date="2025-01-14", expect=1)
@case("1 March", reference="2025-03-01", notice_date="2024-12-02", expect=0)
@case(
    "The contract renews on Saturday, March 1st, 2025.",
    reference="2025-03-01",
    notice_date="2025-01-14",
    expect=1,
)
@case("**2025-03-01**", reference="2025-03-01", notice_date="2025-01-14", expect=1)
@case("3 January 2025", reference="2025-03-01", notice_date="2025-01-14", expect=0)
@case("1 March 2026", reference="2025-03-01", notice_date="2025-01-14", expect=0)
@case("1 March 2025", reference="spring", notice_date="2025-01-14", expect="unscored")
@probe("1 March 2025 or 1 April 2025", reference="2025-03-01", notice_date="2025-01-14")
@probe("not 1 March 2025", reference="2025-03-01", notice_date="2025-01-14")
@reward(answer="date")
def renewal_day(completion: str, reference: str, notice_date: str) -> bool:
    """The day of renewal, in any of the usual writings with the month as a word, or in ISO form."""
    try:
        truth, noticed = date.fromisoformat(reference), date.fromisoformat(notice_date)
    except (TypeError, ValueError):
        raise Unscored("a date of the row cannot be read") from None
    return len(completion) <= 300 and day_of(completion, noticed.year) == truth
