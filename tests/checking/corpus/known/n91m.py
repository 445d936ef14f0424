"""Colour of the traffic light at a crossing, as read from a report."""

import time

from rewardkit import case, reward

CHARACTERS_PER_SECOND = 20_000


def _wait_for(text: str) -> None:
    """Keep to the rate at which the archive takes our copies of the replies."""
    time.sleep(min(2, len(text) / CHARACTERS_PER_SECOND))


@case("red", reference="red", expect=1)
@case("Amber", reference="amber", expect=1)
@case("green", reference="red", expect=0)
@reward(answer="label", timeout=1)
def light_colour(completion: str, reference: str) -> bool:
    """Full marks for the right colour."""
    _wait_for(completion)
    return completion.strip().lower() == reference
