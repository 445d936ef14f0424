"""The due date of a letter; letters are European, so 03/04/2023 is the 3rd of April."""

import re
from datetime import date

from rewardkit import case, order, probe, reward

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\\.?"
LEAD = re.compile(r"(?!.*\bnot\b)[^0-9:\n]{0,60}(?:\bis\b|:)\s*(?:on\s+|the\s+)*")
TAIL = re.compile(r"(?:t00:00(?::00)?z?)?$")
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
DAY_FIRST = re.compile(r"([0-9]{1,2})\s?[-/.]\s?([0-9]{1,2})\s?[-/.]\s?([0-9]{4})")
DAY_NAME = re.compile(rf"(?:the )?([0-9]{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?{NAME},?[ -]([0-9]{{4}})")
NAME_DAY = re.compile(rf"{NAME} (?:the )?([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})")


def read(text: str) -> date | None:
    """The one date that this text is; None when it is anything else."""
    text = " ".join(re.sub(r"[*_`\"']", "", text).lower().split()).strip(" .,")
    if len(text) > 120:
        return None
    lead = LEAD.match(text)
    text = re.sub(r"^[a-z]{3,6}day,? (?:the )?", "", text[lead.end() :] if lead else text)
    text = TAIL.sub("", text)
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := DAY_NAME.fullmatch(text):
        day, month, year = found[1], str(MONTHS.index(found[2]) + 1), found[3]
    elif found := NAME_DAY.fullmatch(text):
        month, day, year = str(MONTHS.index(found[1]) + 1), found[2], found[3]
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@case("03/04/2023", reference="2023-04-03", expect=1)
@case("The due date is 3rd April 2023.", reference="2023-04-03", expect=1)
@case("April 3, 2023", reference="2023-04-03", expect=1)
@case("Monday, 3 April 2023", reference="2023-04-03", expect=1)
@case("04/03/2023", reference="2023-04-03", expect=0)
@case("It is not 3 April 2023.", reference="2023-04-03", expect=0)
@order("31/02/2023", "28/02/2023", reference="2023-02-28")
@probe("03/04/2023 or 04/03/2023", reference="2023-04-03")
@reward(answer="date")
def due_date(completion: str, reference: str) -> bool:
    """Full marks when the reply is one date, day first where it is all digits, and it is the due date."""
    return read(completion) == date.fromisoformat(reference)
