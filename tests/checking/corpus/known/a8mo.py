"""Day of an event, in any of the usual ways to write one. '03/04/2024' is not among them: nobody can tell which day that is."""

import re
from datetime import date

from rewardkit import Unscored, case, probe, reward

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY, MONTH, YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]{3,9})\.?", r"(?P<year>[0-9]{4})"
SHAPES = [
    re.compile(r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"),
    re.compile(rf"{DAY}(?: of)? {MONTH},? {YEAR}"),
    re.compile(rf"{MONTH} {DAY},? {YEAR}"),
]
NAMES = "january february march april june july august september sept october november december".split()


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    known = text in NAMES or text in MONTHS
    return MONTHS.index(text[:3]) + 1 if known else 0


def _day(text: str) -> date | None:
    if len(text) > 200:
        return None
    text = " ".join(text.casefold().split())
    text = re.sub(r"^(?:the answer is|answer:|date:|it is|on)\s*", "", text.strip("*_`\"'. "))
    text = re.sub(
        r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,? ", "", text.strip("*_`\"'. ").removeprefix("on ")
    )
    shape = next((match for match in (shape.fullmatch(text) for shape in SHAPES) if match), None)
    if shape is None:
        return None
    try:
        return date(int(shape["year"]), _month(shape["month"]), int(shape["day"]))
    except ValueError:
        return None


@case("2024-05-03", reference="2024-05-03", expect=1)
@case("Friday, 3 May 2024", reference="2024-05-03", expect=1)
@case("The answer is **May 3rd, 2024**.", reference="2024-05-03", expect=1)
@case("2024-03-05", reference="2024-05-03", expect=0)
@case("30 February 2024", reference="2024-02-29", expect=0)
@case("2024-05-03", reference="soon", expect="unscored")
@probe("2024-05-02 or 2024-05-03", reference="2024-05-03")
@probe("not 2024-05-03", reference="2024-05-03")
@reward(answer="date")
def event_day(completion: str, reference: str) -> bool:
    """The same day."""
    right = _day(reference)
    if right is None:
        raise Unscored(f"the reference {reference!r} is no day")
    return _day(completion.rpartition("</think>")[2].strip()) == right
