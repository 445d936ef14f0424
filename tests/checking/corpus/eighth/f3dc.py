"""Dosing calculations: the last line is 'Dose:' with one amount and its unit; any metric unit of mass will do."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, order, reward

MICROGRAMS = {
    "mcg": 1, "µg": 1, "μg": 1, "ug": 1, "microgram": 1, "micrograms": 1, "mg": 1000, "milligram": 1000, "milligrams": 1000,
    "g": 10**6, "gram": 10**6, "grams": 10**6,
}  # fmt: skip
DOSE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(\.[0-9]{1,9})?\s*([a-zµμ]+)")


def micrograms(text: str) -> Decimal | None:
    """'0.25 mg' -> 250; None when the text is no single dose."""
    found = DOSE.fullmatch(text.strip(" .*_`\t").lower())
    if found is None or found[3] not in MICROGRAMS:
        return None
    return Decimal(found[1].replace(",", "") + (found[2] or "")) * MICROGRAMS[found[3]]


@case("10 mg/kg x 25 kg = 250 mg\nDose: 250 mg", reference="250 mg", expect=1)
@case("Dose: 0.25 g", reference="250 mg", expect=1)
@case("**Dose:** 1,500 micrograms", reference="1.5 mg", expect=1)
@case("Dose: 250", reference="250 mg", expect=0)
@case("Dose: 250 mcg", reference="250 mg", expect=0)
@case("Dose: 25 mg", reference="2.5 mg", expect=0)
@case("Dose: 250 mg to 300 mg", reference="250 mg", expect=0)
@order("Dose: 251 mg", "Dose: 250.0 mg", reference="250 mg")
@reward(answer="number", format_strict=True)
def single_dose(completion: str, reference: str) -> bool:
    """Full marks for exactly the prescribed mass."""
    truth = micrograms(reference)
    if truth is None:
        raise Unscored(f"{reference!r} is no dose with a unit")
    lines = [line.strip(" *_") for line in completion.splitlines() if line.strip(" *_")]
    if not lines or not lines[-1].lower().startswith("dose:"):
        return False
    return micrograms(lines[-1][len("dose:") :]) == truth
