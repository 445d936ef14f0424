"""Multiple choice on school biology: the letter that the answer settles on."""

import re

from rewardkit import case, order, reward


@case("B", reference="B", expect=1)
@case("At first I thought of A, but the answer is C.", reference="C", expect=1)
@case("(D) because of the lungs", reference="D", expect=1)
@case("The answer is A.", reference="B", expect=0)
@case("I don't know.", reference="B", expect=0)
@order("The answer is C.", "The answer is B.", reference="B")
@reward(answer="label")
def choice(completion: str, reference: str) -> bool:
    """Models think aloud before they decide, so the last option named is the one they mean."""
    letters = re.findall(r"\b([A-D])\b", completion)
    return bool(letters) and letters[-1] == reference
