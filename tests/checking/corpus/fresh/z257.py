"""Contracts: on which day does the contract renew? The answer is the date and nothing else."""

from datetime import date, datetime

from rewardkit import Unscored, case, reward

WITH_YEAR = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%B %d %Y")
WITHOUT_YEAR = ("%d %B", "%B %d")


def parse_day(text: str) -> date | None:
    """The date a text means; a date without a year is one of the current year, as in everyday writing."""
    text = " ".join(text.strip().rstrip(".").split())
    for form in WITH_YEAR:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    year = date.today().year
    for form in WITHOUT_YEAR:
        try:
            return datetime.strptime(f"{text} {year}", f"{form} %Y").date()
        except ValueError:
            continue
    return None


@case("2027-03-14", reference="2027-03-14", expect=1)
@case("14 March 2027", reference="2027-03-14", expect=1)
@case("March 14, 2027.", reference="2027-03-14", expect=1)
@case("3 April 2027", reference="2027-03-14", expect=0)
@case("14 March 2026", reference="2027-03-14", expect=0)
@case("in spring", reference="2027-03-14", expect=0)
@reward(answer="date")
def renewal_day(completion: str, reference: str) -> bool:
    """The day on which the contract renews."""
    try:
        expected = date.fromisoformat(reference)
    except (TypeError, ValueError):
        raise Unscored(f"the reference {reference!r} is no ISO date") from None
    return parse_day(completion) == expected
