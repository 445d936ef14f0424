"""Ratio questions on annual reports (margins, leverage, payout), answered as a decimal fraction."""

import math
import re

from rewardkit import Unscored, case, reward

RATIO = re.compile(r"ratio\s*[:=]\s*(-?\d{1,6}(?:\.\d{1,10})?)\s*(%?)", re.IGNORECASE | re.ASCII)


@case("Ratio: 0.42", reference="0.42", expect=1)
@case("Net income over revenue.\nRatio: 42 %", reference="0.42", expect=1)
@case("Ratio = 1.849", reference="1.85", expect=1)
@case("Ratio: 0.30", reference="0.42", expect=0)
@case("Ratio: 2.4", reference="1.85", expect=0)
@case("The report does not say.", reference="0.42", expect=0)
@reward(answer="number", format_strict=True)
def reported_ratio(completion: str, reference: str) -> bool:
    """Full marks within rounding of the audited ratio; 42 % counts as 0.42."""
    try:
        truth = float(reference)
    except ValueError:
        raise Unscored(f"the reference {reference!r} is no number") from None
    found = RATIO.findall(completion)
    if not found:
        return False
    number, percent = found[-1]
    value = float(number) / 100 if percent else float(number)
    return math.isclose(value, truth, rel_tol=0.01, abs_tol=0.05)
