"""Dates in letters: in ISO form or with the month's name; a date in figures alone would be ambiguous."""

import re
from datetime import date

from rewardkit import Unscored, case, order, probe, reward

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
DAY, YEAR = r"(\d{1,2})(?:st|nd|rd|th)?", r"(\d{4})"
LEAD = re.compile(
    r"(?:(?:the )?(?:answer|date)(?: is|:)? )?(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:the )?"
)
FORMS = {
    "ymd": re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII),
    "dmy": re.compile(rf"{DAY} (?:of )?{NAME},? {YEAR}", re.ASCII),
    "mdy": re.compile(rf"{NAME} {DAY},? {YEAR}", re.ASCII),
}


def read(line: str) -> date | None:
    """The one date that a line consists of, with or without a few words before it."""
    line = " ".join(re.sub("[*`]", "", line).casefold().split()).rstrip(".")
    line = line[LEAD.match(line).end() :]
    for form, pattern in FORMS.items():
        if found := pattern.fullmatch(line):
            part = dict(zip(form, found.groups(), strict=True))
            month = part["m"] if part["m"].isdigit() else MONTHS.index(part["m"][:3]) + 1
            try:
                return date(int(part["y"]), int(month), int(part["d"]))
            except ValueError:
                return None
    return None


def stated(completion: str) -> date | None:
    """The date of the only line that has figures in it."""
    lines = [line for line in completion.rpartition("</think>")[2].splitlines() if re.search(r"\d", line)]
    return read(lines[0]) if len(lines) == 1 else None


@case("1911-05-04", reference="1911-05-04", expect=1)
@case("Answer: **4 May 1911**.", reference="1911-05-04", expect=1)
@case("Thursday, May 4th, 1911", reference="1911-05-04", expect=1)
@case("The date is the 4th of May, 1911", reference="1911-05-04", expect=1)
@case("1911-04-05", reference="1911-05-04", expect=0)
@case("May 1911", reference="1911-05-04", expect=0)
@case("I read:\n\n4 May 1911", reference="1911-05-04", expect=1)
@probe("4 May 1911 or 5 May 1911", reference="1911-05-04")
@probe("not 4 May 1911", reference="1911-05-04")
@order("May 1911", "May 4, 1911", reference="1911-05-04")
@reward(answer="date")
def letter_date(completion: str, reference: str) -> bool:
    """The same day."""
    gold = read(reference)
    if gold is None:
        raise Unscored(f"the reference {reference!r} is no date")
    return stated(completion) == gold
