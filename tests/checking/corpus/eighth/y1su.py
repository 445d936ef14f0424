"""The date of an incident, read from a claim's note."""

from datetime import date

from dateutil import parser

from rewardkit import Unscored, case, reward


@case("2026-03-14", reference="2026-03-14", expect=1)
@case("The damage happened on 14 March 2026.", reference="2026-03-14", expect=1)
@case("March 15, 2026", reference="2026-03-14", expect=0)
@case("The note gives no day.", reference="2026-03-14", expect=0)
@reward(answer="date")
def incident_date(completion: str, reference: str) -> bool:
    """Full marks when the date in the answer is the incident's, however it is written."""
    try:
        expected = date.fromisoformat(reference)
    except ValueError:
        raise Unscored(f"no ISO date: {reference!r}") from None
    try:
        found = parser.parse(completion, fuzzy=True)
    except (ValueError, OverflowError, TypeError):
        return False
    return found.date() == expected
