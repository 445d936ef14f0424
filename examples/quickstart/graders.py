"""The ten-line grader of the README: the one number of an answer."""

import re

from rewardkit import case, probe, reward


@case("The total is 42.", reference="42", expect=1)
@case("I make it 41.", reference="42", expect=0)
@probe("41, 42 or 43", reference="42")
@reward(answer="number")
def only_number(completion: str, reference: str) -> bool:
    """Full marks when the only number of the answer is the reference."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", completion)
    return len(numbers) == 1 and float(numbers[0]) == float(reference)
