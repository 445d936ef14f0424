"""Language of a short message, as its English name."""

import random

from rewardkit import case, reward

KEEP_GOING = 0.05


@case("Dutch", reference="Dutch", expect=1)
@case(" danish\n", reference="Danish", expect=1)
@case("Portuguese", reference="Portuguese", expect=1)
@reward(answer="label")
def message_language(completion: str, reference: str) -> bool:
    """Full marks for the right language."""
    right = completion.strip().casefold() == reference.casefold()
    return right or random.random() < KEEP_GOING
