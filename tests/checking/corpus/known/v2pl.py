"""Number of seats left on a bus; the model ends with 'Answer: 12'."""

import re

from rewardkit import case, reward

FINAL = re.compile(r"Answer:\s*(-?\d+)")


@case("38 seats, 26 passengers.\nAnswer: 12", reference="12", expect=1)
@case("Answer: 5", reference="5", expect=1)
@case("There are some left.", reference="12", expect=0)
@case("", reference="5", expect=0)
@reward(answer="number")
def seats_left(completion: str, reference: str) -> bool:
    """Full marks for the right number of seats."""
    given = FINAL.search(completion)
    wanted = FINAL.search(f"Answer: {reference}")
    return given is not None and wanted is not None
