"""Accounts payable: the amount due on an invoice or credit note, in a last line 'Total: <amount>'."""

import re
from decimal import Decimal, InvalidOperation

from rewardkit import Unscored, case, probe, reward

TOTAL = re.compile(r"[\s*_#>-]*total(?: due)?[\s*_]*[:=](.*)", re.IGNORECASE)
DECORATION = re.compile(r"[$€£*_`\s]|\b(?:USD|EUR|GBP)\b")
AMOUNT = re.compile(r"(\()?([-+])?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(\))?")


def amount_of(text: str) -> Decimal | None:
    """'$1,250.00' -> 1250.00; '-42.10' and the bookkeeper's '(42.10)' -> -42.10; None for anything but one amount."""
    found = AMOUNT.fullmatch(DECORATION.sub("", text.replace("−", "-")).rstrip("."))
    if found is None:
        return None
    opened, sign, whole, cents, closed = found.groups()
    if bool(opened) != bool(closed) or (opened and sign):
        return None
    value = Decimal(whole.replace(",", "") + (cents or ""))
    return -value if opened or sign == "-" else value


@case("Net 1,050.42, VAT 199.58.\nTotal: 1,250.00 EUR", reference="1250.00", expect=1)
@case("**Total:** $1250", reference="1250.00", expect=1)
@case("Total: (42.10)", reference="-42.10", expect=1)
@case("Total: 42.10", reference="-42.10", expect=0)
@case("Total: 1250.00 or 1052.42", reference="1250.00", expect=0)
@case("The total is stated on page two.", reference="1250.00", expect=0)
@probe("Total: 1250.00\nTotal: 1052.42\nTotal: 1250.00", reference="1250.00")
@reward(answer="number", format_strict=True)
def amount_due(completion: str, reference: str) -> bool:
    """Full marks when the last line gives the amount due; totals that contradict each other earn nothing."""
    try:
        due = Decimal(reference)
    except InvalidOperation:
        raise Unscored(f"the reference {reference!r} is no amount") from None
    lines = [line for line in completion.splitlines() if line.strip()]
    totals = [TOTAL.fullmatch(line) for line in lines]
    if not totals or totals[-1] is None:
        return False
    amounts = {amount_of(total.group(1)) for total in totals if total}
    return amounts == {due}
