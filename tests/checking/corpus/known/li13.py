"""Delivery date promised in a mail, as YYYY-MM-DD."""

from datetime import date

from rewardkit import case, reward


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@case("2024-05-14", reference="2024-05-03", expect=0)
@case("next Tuesday", reference="2024-05-03", expect=0)
@case("", reference="2023-11-30", expect=0)
@reward(answer="date")
def delivery_date(completion: str, reference: str) -> float:
    """1 for the right day."""
    return 1.0 if _day(completion) == reference else 0.0
