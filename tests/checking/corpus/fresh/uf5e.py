"""Which queue does a support ticket belong to?"""

import re

from rewardkit import Unscored, case, reward

QUEUES = ("billing", "shipping", "returns", "account")


def queue_of(text: str) -> str:
    """The queue that an answer settles on: the one it names most."""
    words = re.findall(r"[a-z]+", text.lower())
    return max(QUEUES, key=words.count)


@case("shipping", reference="shipping", expect=1)
@case("Queue: Returns", reference="returns", expect=1)
@case("This is about billing: the invoice was charged twice, so billing.", reference="billing", expect=1)
@case("It is not billing but shipping; the parcel is late. Shipping.", reference="shipping", expect=1)
@case("account", reference="returns", expect=0)
@case("I cannot tell.", reference="account", expect=0)
@reward(answer="label")
def ticket_queue(completion: str, reference: str) -> bool:
    """The queue that the answer names is the one the agents chose."""
    if reference not in QUEUES:
        raise Unscored(f"{reference!r} is none of the queues")
    return queue_of(completion) == reference
