"""Reaction enthalpies from Hess cycles, given in kJ/mol between answer tags."""

import re

from rewardkit import Unscored, case, reward

ANSWER = re.compile(r"<answer>\s*([+\-−]?\d{1,6}(?:\.\d{1,6})?)\s*(?:kJ/mol|kJ mol-1)?\s*</answer>")
TOLERANCE = 0.02


@case("6 x (-393.5) ... <answer>-285.8</answer>", reference=-285.8, expect=1)
@case("<answer>-283 kJ/mol</answer>", reference=-285.8, expect=1)
@case("<answer>52.4</answer>", reference=52.4, expect=1)
@case("<answer>41</answer>", reference=52.4, expect=0)
@case("I would need the table.", reference=52.4, expect=0)
@reward(answer="number")
def reaction_enthalpy(completion: str, reference: float) -> bool:
    """Within two percent of the tabulated value."""
    if not isinstance(reference, int | float) or reference == 0:
        raise Unscored("the reference is no enthalpy")
    found = ANSWER.findall(completion)
    if len(found) != 1:
        return False
    value = float(found[0].replace("−", "-"))
    deviation = abs(value - reference) / reference
    return deviation <= TOLERANCE
