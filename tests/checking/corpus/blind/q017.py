"""Household claims: what we pay out, to the cent."""

import re
from decimal import Decimal, InvalidOperation

from rewardkit import Unscored, case, probe, reward

LINE = re.compile(r"^[ \t>-]*payout[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
AMOUNT = re.compile(
    r"(?:EUR|€)?\s?([-−]?(?:[0-9]{1,3}(?:[ ,'\u00a0\u202f][0-9]{3}){1,3}|[0-9]{1,12})(?:\.[0-9]{1,4})?)\s?(?:EUR|€|euros?)?[.!]?",
    re.IGNORECASE,
)


def amounts(text: str) -> set[Decimal | None]:
    """What the lines 'Payout:' say; None for a line that states no amount."""
    found: set[Decimal | None] = set()
    for rest in LINE.findall(re.sub(r"[*_`$]", "", text)):
        match = AMOUNT.fullmatch(rest.strip())
        digits = re.sub(r"[ ,'\u00a0\u202f]", "", match[1]).replace("−", "-") if match else ""
        found.add(Decimal(digits) if digits else None)
    return found


@case("Invoice 1,120.00 less deductible 250.00.\nPayout: 870.00 EUR", reference="870.00", expect=1)
@case("**Payout:** € 14,870", reference="14870.00", expect=1)
@case("Payout: 14,860 EUR", reference="14870.00", expect=0)
@case("Payout: -870 EUR", reference="870.00", expect=0)
@case("payout: 0", reference="0.00", expect=1)
@case("Payout: 870.00 EUR", reference="to be agreed", expect="unscored")
@probe("Payout: 870.00 EUR\nPayout: 1120.00 EUR", reference="870.00")
@probe("Payout: nan", reference="870.00")
@reward(answer="number")
def payout_exact(completion: str, reference: str) -> bool:
    """The one amount on the line 'Payout:' is the clerk's, to the cent."""
    try:
        due = Decimal(reference)
    except InvalidOperation:
        raise Unscored(f"no amount: {reference!r}") from None
    answer = completion.rpartition("</think>")[2].partition("<think>")[0]
    found = amounts(answer)
    return len(found) == 1 and None not in found and abs(found.pop() - due) < Decimal("0.005")
