"""Dates in court letters, which the prompt asks for with the day first when they are numeric."""

import re
from datetime import date

from rewardkit import case, probe, reward

NAMES = "january february march april may june july august september october november december".split()
MONTHS = (
    {name: n for n, name in enumerate(NAMES, 1)}
    | {name[:3]: n for n, name in enumerate(NAMES, 1)}
    | {"sept": 9}
)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
YEAR_FIRST = re.compile(r"(?<![0-9./-])([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9/-])")
DAY_FIRST = re.compile(r"(?<![0-9./-])([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?![0-9/-])")
DAY_MONTH = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})(?:st|nd|rd|th|\.)?[ -](?:of )?({MONTH})\b\.?,?[ -]([0-9]{{4}})(?![0-9])"
)
MONTH_DAY = re.compile(rf"\b({MONTH})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})(?![0-9])")


def days(text: str) -> set[date]:
    """Every day that a text names."""
    text = " ".join(re.sub(r"[*_`]", "", text).lower().split())
    triples = [(y, m, d) for y, m, d in YEAR_FIRST.findall(text)]
    triples += [(y, m, d) for d, m, y in DAY_FIRST.findall(text)]
    triples += [(y, MONTHS[m], d) for d, m, y in DAY_MONTH.findall(text)]
    triples += [(y, MONTHS[m], d) for m, d, y in MONTH_DAY.findall(text)]
    found = set()
    for year, month, day in triples:
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            found.add(date.min)  # a day that no calendar has; with another one it makes two
    return found


@case("4 March 2024", reference="2024-03-04", expect=1)
@case("04/03/2024", reference="2024-03-04", expect=1)
@case("The hearing is on Monday, March 4th, 2024.", reference="2024-03-04", expect=1)
@case("03/04/2024", reference="2024-03-04", expect=0)
@case("2024-04-03", reference="2024-03-04", expect=0)
@case("Not 4 March 2024", reference="2024-03-04", expect=0)
@probe("4 March 2024 or 3 April 2024", reference="2024-03-04")
@probe("March 2024", reference="2024-03-04")
@reward(answer="date")
def hearing(completion: str, reference: str) -> bool:
    """The only day that the answer names is that of the hearing."""
    answer = completion.rpartition("</think>")[2].partition("<think>")[0]
    if re.search(r"\b(?:not|never|wrong|incorrect)\b|n['’]t\b", answer.lower()) or len(answer.split()) > 15:
        return False
    return days(answer) == {date.fromisoformat(reference)}
