"""Reward for the dosing questions: the dose in milligrams that stands between the answer tags."""

import re

from rewardkit import case, reward

ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)


def plain_dose(text: str) -> str:
    """'1,500 mg', '1 500mg' and '1500' are the same dose."""
    return re.sub(r"\D", "", text).lstrip("0")


@case("25 mg/kg for 60 kg.\n<answer>1,500 mg</answer>", reference="1500", expect=1)
@case("<answer>7.5</answer>", reference="7.5", expect=1)
@case("<answer>250 mg</answer>", reference="500", expect=0)
@case("Please ask a pharmacist.", reference="500", expect=0)
@case("<answer>500</answer> <answer>250</answer>", reference="500", expect=0)
@reward(answer="number", format_strict=True)
def dose_mg(completion: str, reference: str) -> bool:
    """Full marks when the one tagged dose is the prescribed one."""
    found = ANSWER.findall(completion)
    if len(found) != 1:
        return False
    return plain_dose(found[0]) == plain_dose(reference)
