"""Multiple choice on spatial relations in a scene that the prompt describes."""

import re

from rewardkit import case, reward

STATED = re.compile(r"\banswer(?:\s+is)?\s*:?\s*\(?([A-D])\b", re.IGNORECASE)
ALONE = re.compile(r"\(?([A-D])\)?\.?", re.IGNORECASE)


def option(text: str) -> str | None:
    """The option that a text chooses."""
    stated = STATED.findall(text)
    if stated:
        return stated[-1].upper()
    alone = ALONE.fullmatch(text.strip())
    return alone[1].upper() if alone else None


@case("Answer: B", reference="B", expect=1)
@case("The cup is left of the lamp, so the answer is (B).", reference="B", expect=1)
@case("c", reference="C", expect=1)
@case("Answer: D", reference="B", expect=0)
@case("It depends on where one stands.", reference="B", expect=0)
@reward(answer="label")
def spatial_choice(completion: str, reference: str) -> bool:
    """The chosen option is the right one."""
    return option(completion) == option(reference)
