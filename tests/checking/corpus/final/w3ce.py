"""The day that a letter speaks of."""

from datetime import date, datetime

from rewardkit import case, reward

FULL = ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y")
SHORT = ("%d %B", "%B %d", "%d %b")


def read_day(text: str) -> date | None:
    """A date in one of the usual forms; the year may be left out."""
    text = text.strip().rstrip(".")
    for form in FULL:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            pass
    for form in SHORT:
        try:
            return datetime.strptime(f"{text} {date.today().year}", f"{form} %Y").date()
        except ValueError:
            pass
    return None


@case("2026-04-14", reference="2026-04-14", expect=1)
@case("14 April 2026", reference="2026-04-14", expect=1)
@case("April 14, 2026.", reference="2026-04-14", expect=1)
@case("15 April 2026", reference="2026-04-14", expect=0)
@case("in spring", reference="2026-04-14", expect=0)
@reward(answer="date")
def day_meant(completion: str, reference: str) -> bool:
    """The letter's day, in any usual form. Whoever leaves out the year means the one of the letter."""
    return read_day(completion) == date.fromisoformat(reference)
