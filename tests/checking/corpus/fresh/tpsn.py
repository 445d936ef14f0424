"""Naming to formula, general chemistry, first year."""

import re
import unicodedata

from rewardkit import Unscored, case, probe, reward


def tidy(formula: str) -> str:
    """Subscript digits, LaTeX and blanks make no difference."""
    text = unicodedata.normalize("NFKC", formula).lower()
    return re.sub(r"[\s_{}$*`]", "", text).rstrip(".")


@case("Formula: NaHCO3", reference="NaHCO3", expect=1)
@case("Formula: NaHCO₃", reference="NaHCO3", expect=1)
@case("Bicarbonate is HCO3-, so\nFormula: $NaHCO_3$", reference="NaHCO3", expect=1)
@case("Formula: Na2CO3", reference="NaHCO3", expect=0)
@probe("Formula: NaHCO3 or Na2CO3", reference="NaHCO3")
@reward(answer="text")
def formula(completion: str, reference: str) -> bool:
    """The formula on the line 'Formula: ...' is the one of the key."""
    if not reference.strip():
        raise Unscored("no formula in the key")
    lines = [line for line in completion.splitlines() if line.strip().lower().startswith("formula:")]
    if len(lines) != 1:
        return False
    return tidy(lines[0].split(":", 1)[1]) == tidy(reference)
