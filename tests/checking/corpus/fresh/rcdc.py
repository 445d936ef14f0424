# When is the appointment? The letters are real ones, the prompt asks for the date alone, with the year.
import re
from datetime import date

from rewardkit import Unscored, case, probe, reward

NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name: number for number, name in enumerate(NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
DAY, YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<year>[0-9]{4})"
FORMS = [
    re.compile(WEEKDAY + form)
    for form in (
        rf"{YEAR}([-/])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}})",
        rf"(?:the )?{DAY}(?: of)? (?P<month>[a-z]{{3,9}})\.?,? {YEAR}",
        rf"(?P<month>[a-z]{{3,9}})\.? (?:the )?{DAY},? {YEAR}",
    )
]


def read_day(text: str) -> date | None:
    """The one date that a text is, or None. 03/04/2026 is none: nobody can tell the day from the month."""
    plain = " ".join(
        re.sub(r"[*_`\"']", "", text.rpartition("</think>")[2]).strip(" .\t\r\n").lower().split()
    )
    plain = plain.removeprefix("date: ").removeprefix("answer: ")
    for form in FORMS:
        if found := form.fullmatch(plain):
            month = found["month"]
            try:
                return date(int(found["year"]), MONTHS.get(month) or int(month), int(found["day"]))
            except ValueError:
                return None
    return None


@case("2026-03-14", reference="2026-03-14", expect=1)
@case("Saturday, 14 March 2026", reference="2026-03-14", expect=1)
@case("**March 14th, 2026**.", reference="2026-03-14", expect=1)
@case("the 14th of Mar. 2026", reference="2026-03-14", expect=1)
@case("14 March", reference="2026-03-14", expect=0)
@case("14 March 2025", reference="2026-03-14", expect=0)
@case("2026-14-03", reference="2026-03-14", expect=0)
@case("", reference="next spring", expect="unscored")
@probe("14 or 15 March 2026", reference="2026-03-14")
@probe("2026-03-14\n2026-03-15", reference="2026-03-14")
@reward(answer="date")
def appointment(completion: str, reference: str) -> bool:
    try:
        expected = date.fromisoformat(reference)
    except (TypeError, ValueError):
        raise Unscored(f"the reference {reference!r} is no ISO date") from None
    return read_day(completion) == expected
