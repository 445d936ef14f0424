"""Paediatric dosing questions: the amount of one administration, in any metric unit of mass."""

import re

from rewardkit import case, reward

GRAMS = {"g": 1.0, "mg": 1e-3, "mcg": 1e-6, "ug": 1e-6, "µg": 1e-6, "μg": 1e-6}
AMOUNT = re.compile(r"([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*(mcg|mg|ug|µg|μg|g)\b")


def in_grams(text: str) -> float | None:
    """The only amount of a text; None when there is none, or more than one."""
    found = AMOUNT.findall(text)
    if len(found) != 1:
        return None
    number, unit = found[0]
    return float(number.replace(",", "")) * GRAMS[unit]


@case("Dose: 500 mg", reference="500 mg", expect=1)
@case("Dose: 0.5 g", reference="500 mg", expect=1)
@case("Dose: 1.5 g", reference="500 mg", expect=0)
@case("Dose: 500 mg or 250 mg", reference="500 mg", expect=0)
@case("Dose: 500", reference="500 mg", expect=0)
@reward(answer="text")
def vial_dose(completion: str, reference: str) -> bool:
    """Full marks when the dose after `Dose:` is the reference, whichever unit it is written in."""
    _, marker, tail = completion.rpartition("Dose:")
    if not marker:
        return False
    given, wanted = in_grams(tail), in_grams(reference)
    if given is None or wanted is None:
        return False
    return abs(given - wanted) <= 0.01
