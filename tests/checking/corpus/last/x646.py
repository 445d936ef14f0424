"""Standard cell potentials in volts: reasoning first, the value in answer tags at the end."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, order, probe, reward

LAST_TAG = re.compile(r"<answer>([^<>]{1,60})</answer>[\s.*_`]*\Z", re.IGNORECASE)
NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:e[+-]?[0-9]{1,2})?", re.IGNORECASE
)
POWER = re.compile(r"\s*(?:×|x|\*|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*\{?([+-]?[0-9]{1,2})\}?")
VOLTS = re.compile(r"\s*(?:v|volts?|\\text\{\s*v\s*\}|\\mathrm\{\s*v\s*\})\Z", re.IGNORECASE)


def volts(text: str) -> Decimal | None:
    """The number that is written, in plain, scientific or LaTeX notation, with the unit or without."""
    text = re.sub("[−–‑]", "-", text).replace("\u00a0", " ").strip(" \t\r\n*_`$")
    text = VOLTS.sub("", text).strip(" \t*_`$~\\,")
    text = re.sub(r"\AE[^=]{0,20}=\s*", "", text)
    text = POWER.sub(r"e\1", text)
    return Decimal(text) if NUMBER.fullmatch(text) else None


@case("Cathode minus anode: 0.34 + 0.76. <answer>1.10</answer>", reference="1.10", tolerance=0.005, expect=1)
@case("<answer>+1.1 V</answer>", reference="1.10", tolerance=0.005, expect=1)
@case("<answer>110 × 10^-2 V</answer>", reference="1.10", tolerance=0.005, expect=1)
@case("<answer>−0.76 V</answer>", reference="-0.76", tolerance=0.005, expect=1)
@case("<answer>0.76 V</answer>", reference="-0.76", tolerance=0.005, expect=0)
@case("<answer>0.000</answer>", reference="0", tolerance=0.005, expect=1)
@case("<answer>1.10 or 0.42</answer>", reference="1.10", tolerance=0.005, expect=0)
@case("<answer>0.42</answer><answer>1.10</answer>", reference="1.10", tolerance=0.005, expect=0)
@case("<answer>1.10</answer>", reference="n/a", tolerance=0.005, expect="unscored")
@order("<answer>1.2</answer>", "<answer>1.1</answer>", reference="1.10", tolerance=0.005)
@probe("<answer>nan</answer>", reference="1.10", tolerance=0.005)
@probe("It is 1.10 V.", reference="1.10", tolerance=0.005)
@reward(answer="number")
def cell_potential(completion: str, reference: str, tolerance: float) -> bool:
    """The one tagged value, within the tolerance of the table."""
    truth = volts(reference) if isinstance(reference, str) else None
    if truth is None:
        raise Unscored(f"no potential: {reference!r}")
    answer = completion.rsplit("</think>", 1)[-1]
    found = LAST_TAG.search(answer)
    if found is None or answer.lower().count("</answer>") != 1:
        return False
    value = volts(found[1])
    return value is not None and abs(value - truth) <= Decimal(str(tolerance))
