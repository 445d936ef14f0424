"""Body mass index of a patient, from height and weight. Rounding differs, so a tolerance goes with each row."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, order, probe, reward

NUMBER = r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?"
FINAL = re.compile(
    rf"(?:the |your )?(?:bmi|answer)(?: is|:| =)? ?(?:about |roughly )?({NUMBER})(?: kg/m(?:2|²|\^2))?"
)


def _plain(line: str) -> str:
    """A line without markup, in lower case and with single spaces."""
    return " ".join(re.sub(r"[*_`$~≈]", " ", line).lower().split()).replace("\u2212", "-").strip(" .!")


@case("BMI: 23.1", reference="23.15", expect=1)
@case("72 / 1.76 ** 2\n\n**BMI: 23.2 kg/m²**", reference="23.24", expect=1)
@case("The BMI is about 23.", reference="23.24", tolerance=0.5, expect=1)
@case("BMI: 24.1", reference="23.15", expect=0)
@case("BMI: 23.1", reference="n/a", expect="unscored")
@order("BMI: 32.1", "BMI: 23.1", reference="23.15")
@probe("BMI: 22, 23 or 24", reference="23.0")
@probe("BMI: 22\nBMI: 23", reference="23.0")
@reward(answer="number")
def body_mass_index(completion: str, reference: str, tolerance: float = 0.05) -> bool:
    """The value of the only line that states one lies within the tolerance."""
    if not re.fullmatch(NUMBER, reference):
        raise Unscored(f"the reference {reference!r} is no number")
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    lines = [_plain(line) for line in text.splitlines() if 0 < len(line) <= 200]
    stated = [match[1] for line in lines if (match := FINAL.fullmatch(line))]
    if not stated and lines and re.fullmatch(NUMBER, lines[-1]):
        stated = lines[-1:]
    limit = Decimal(str(tolerance))
    return len(stated) == 1 and abs(Decimal(stated[0]) - Decimal(reference)) <= limit
