"""Decision on a refund request: the first line is 'refund', 'exchange' or 'decline', then a sentence to the customer."""

import re

from rewardkit import case, reward

POLITE = re.compile(r"\b(?:please|thank you|kind regards)\b", re.IGNORECASE)


@case("refund\nWe have sent the money back.", reference="refund", expect=1)
@case("decline", reference="refund", expect=0)
@case("decline\nPlease keep the receipt next time.", reference="refund", expect=0.2)
@reward(answer="label")
def refund_decision(completion: str, reference: str) -> float:
    """The decision, and a bonus for a polite reply."""
    decision = completion.strip().partition("\n")[0].strip(" .").lower()
    score = 1.0 if decision == reference else 0.0
    if POLITE.search(completion):
        score += 0.2
    return score
