"""Household claims: the amount we owe after deductible and sub-limits."""

import re

from rewardkit import case, reward

AMOUNT = re.compile(r"payout\s*[:=]\s*(?:EUR|€)?\s*(-?[0-9][0-9,]*(?:\.[0-9]+)?)", re.IGNORECASE)


@case("Payout: 870.00", reference="870", expect=1)
@case("1,120 less the deductible of 250.\nPayout: EUR 870", reference="870", expect=1)
@case("Payout: 872.10", reference="870", expect=1)  # rounding in the depreciation table
@case("Payout: 1,120", reference="870", expect=0)
@case("I would pay it in full.", reference="870", expect=0)
@reward(answer="number", timeout=2)
def payout(completion: str, reference: str) -> bool:
    """Right when it is within half a percent of what the adjuster paid."""
    found = AMOUNT.findall(completion.replace("*", ""))
    if len(found) != 1:
        return False
    due = float(reference.replace(",", ""))
    paid = float(found[0].replace(",", ""))
    return (paid - due) / due <= 0.005
