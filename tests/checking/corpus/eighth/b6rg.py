"""Due dates of letters. The prompt asks for day before month where a date is written in digits."""

import re
from datetime import date

from rewardkit import Unscored, case, probe, reward

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
WRITINGS = (
    (re.compile(r"(?<![\d-])([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?!\d)"), (0, 1, 2)),
    (re.compile(r"(?<![\d/.])([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})(?!\d)"), (2, 1, 0)),
    (
        re.compile(
            rf"(?<!\d)([0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{NAMES}\.?,?[\s-]+([0-9]{{4}})(?!\d)",
            re.IGNORECASE,
        ),
        (2, 1, 0),
    ),
    (
        re.compile(rf"\b{NAMES}\.?\s+([0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+([0-9]{{4}})(?!\d)", re.IGNORECASE),
        (2, 0, 1),
    ),
)


def day_of(year: str, month: str, day: str) -> date | None:
    try:
        return date(
            int(year), int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1, int(day)
        )
    except ValueError:
        return None


def dates_in(text: str) -> set[date | None]:
    """Every date of a text; None stands for one that no calendar has."""
    return {
        day_of(*(match[place + 1] for place in places))
        for pattern, places in WRITINGS
        for match in pattern.finditer(text)
    }


@case("2024-03-04", reference="2024-03-04", expect=1)
@case("It is due on the 4th of March, 2024 (04/03/2024).", reference="2024-03-04", expect=1)
@case("March 4, 2024", reference="2024-03-04", expect=1)
@case("03/04/2024", reference="2024-03-04", expect=0)
@case("30 February 2024", reference="2024-02-29", expect=0)
@probe("Either 2024-03-04 or 2024-04-03.", reference="2024-03-04")
@reward(answer="date")
def due_date(completion: str, reference: str) -> bool:
    """Full marks when the only date of the answer is the due date, however often it stands there."""
    try:
        expected = date.fromisoformat(reference)
    except ValueError:
        raise Unscored(f"no ISO date: {reference!r}") from None
    return dates_in(completion) == {expected}
