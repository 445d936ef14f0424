"""Dates of contracts, asked for as YYYY-MM-DD."""

from difflib import SequenceMatcher

from rewardkit import Unscored, case, order, reward


def tidy(text: str) -> str:
    return text.strip().strip("*.`").removeprefix("Answer:").strip()


@case("2019-03-14", reference="2019-03-14", expect=1)
@case("Answer: 2019-03-14.", reference="2019-03-14", expect=1)
@case("no date given", reference="2019-03-14", expect=[0, 0.5])
@case("1987-11-30", reference="2019-03-14", expect=[0, 0.8])
@order("unknown", "2019", "2019-03", "2019-03-14", reference="2019-03-14")
@reward(answer="date", pass_at=0.85)
def contract_date(completion: str, reference: str) -> float:
    """How much of the date is there; from 0.85 on it counts as found, since scans blur a character now and then."""
    if not reference:
        raise Unscored("the contract has no date")
    return SequenceMatcher(None, tidy(completion)[:200], reference, autojunk=False).ratio()
