"""The ten-line grader of the README: the last number of an answer."""

import re

from rewardkit import case, probe, reward


@case("6 x 7 = 42.", reference="42", expect=1)
@probe("41, 42, 43", reference="42")
@reward(answer="number")
def final_number(completion: str, reference: str) -> bool:
    """Full marks when the last number of the answer is the reference."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", completion.replace(",", ""))
    return bool(numbers) and float(numbers[-1]) == float(reference)
