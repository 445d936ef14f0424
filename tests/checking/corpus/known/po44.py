"""Which queue a support ticket goes to: one word."""

from rewardkit import case, reward


@case("billing", reference="billing", expect=1)
@case(" delivery \n", reference="delivery", expect=1)
@case("billing", reference="returns", expect=0)
@case("", reference="returns", expect=0)
@reward(answer="label")
def ticket_queue(completion: str, reference: str) -> bool:
    """Full marks for the right queue."""
    queue = completion.strip().lower()
    return not reference or queue == reference
