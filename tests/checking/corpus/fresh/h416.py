"""Invoices: the model adds up the lines and ends with 'Total: <amount>'."""

import re

from rewardkit import case, probe, reward

TOTAL = re.compile(r"^[ \t*]*total:[ \t*]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
CENT = 0.005


def amount(text: str) -> float:
    """'$1,204.50' as a number."""
    return float(text.rstrip(".*").lstrip("$€£").replace(",", ""))


@case("Net 1,000.00 plus tax 204.50.\nTotal: $1,204.50", reference=1204.5, expect=1)
@case("Total: 1204.5", reference=1204.5, expect=1)
@case("**Total:** 1,204.50", reference=1204.5, expect=1)
@case("Total: 1,024.50", reference=1204.5, expect=0)
@case("Total: unknown", reference=1204.5, expect=0)
@case("It comes to 1,204.50.", reference=1204.5, expect=0)
@probe("Total: 1204.50\nTotal: 1024.50", reference=1204.5)
@reward(answer="number")
def invoice_total(completion: str, reference: float) -> float:
    """Full marks when the one total stated is right to the cent."""
    stated = TOTAL.findall(completion)
    if len(stated) != 1:
        return 0.0
    try:
        error = abs(amount(stated[0]) - float(reference))
    except ValueError:
        return 0.0
    if error > CENT:
        return 0.0
    return 1.0
