"""Commercial property claims: the payout in EUR."""

import re

from rewardkit import case, order, reward

PAYOUT = re.compile(r"payout:\s*(?:EUR|€)?\s*(-?[0-9][0-9,]*(?:\.[0-9]+)?)", re.IGNORECASE)


@case("Loss 12,880.50, deductible 500.\nPayout: 12,380.50 EUR", reference=12380.5, expect=1)
@case("**Payout:** EUR 12380.5", reference=12380.5, expect=1)
@case("Payout: 9,450.00 EUR", reference=12380.5, expect=0)
@case("Payout: 123805 EUR", reference=12380.5, expect=0)
@case("Nothing is due.", reference=12380.5, expect=0)
@order("Payout: 20000 EUR", "Payout: 12380.50 EUR", reference=12380.5)
@reward(answer="number")
def payout(completion: str, reference: float) -> bool:
    """The amount on the line 'Payout:' is the adjuster's, rounding aside."""
    found = {match.replace(",", "") for match in PAYOUT.findall(completion.replace("*", ""))}
    if len(found) != 1:
        return False
    amount = float(found.pop())
    return abs(amount - reference) <= 0.01 * abs(reference)
