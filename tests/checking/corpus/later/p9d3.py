"""Support desk of an online shop: into which queue a customer's message goes."""

import re

from rewardkit import case, probe, reward


@case("Queue: billing", reference="billing", expect=1)
@case("The parcel never came.\n\nQueue: **Shipping**", reference="shipping", expect=1)
@case("Queue: returns", reference="returns and refunds", expect=1)
@case("Queue: billing", reference="shipping", expect=0)
@probe("", reference="shipping")
@probe("billing, shipping, returns and refunds, account access", reference="shipping")
@reward(answer="label")
def ticket_queue(completion: str, reference: str) -> bool:
    """The last line names the queue; the short form of a long name ("returns") is as good."""
    lines = [line.strip() for line in completion.splitlines() if line.strip()]
    if not lines:
        return False
    answer = re.sub(r"(?i)^\W*queue\W*", "", lines[-1])
    answer = answer.strip(" .*`'\"").lower()
    return reference.lower().startswith(answer)
