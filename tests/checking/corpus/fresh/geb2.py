"""The intent of a customer's message, one of a fixed set. The prompt asks for the intent and nothing else."""

import re

from rewardkit import Unscored, case, probe, reward

INTENTS = {
    "cancel order",
    "change address",
    "late delivery",
    "refund status",
    "order status",
    "other",
}
PREFIX = re.compile(r"^(?:intent|label|category)\s?[:=]\s?")


def intent_of(text: str) -> str | None:
    """The intent that a text consists of, in any case, with spaces, hyphens or underscores."""
    words = " ".join(re.split(r"[\s_-]+", re.sub(r"[*`\"']", "", text.casefold())))
    words = PREFIX.sub("", words.strip(" ."), count=1)
    return words if words in INTENTS else None


@case("late delivery", reference="late delivery", expect=1)
@case("Late_Delivery.", reference="late delivery", expect=1)
@case("**Intent:** late-delivery", reference="late delivery", expect=1)
@case("Intent: Late delivery", reference="late delivery", expect=1)
@case("order status", reference="refund status", expect=0)
@case("status", reference="refund status", expect=0)
@case("", reference="other", expect=0)
@case("delivery is late", reference="late delivery", expect=0)
@case("other", reference="complaint", expect="unscored")
@probe("order status or refund status", reference="refund status")
@probe("not a refund status", reference="refund status")
@probe(
    "cancel order\nchange address\nlate delivery\nrefund status\norder status\nother",
    reference="refund status",
)
@reward(answer="label")
def intent(completion: str, reference: str) -> bool:
    """The one intent of the set that the annotators chose."""
    expected = intent_of(str(reference))
    if expected is None:
        raise Unscored(f"{reference!r} is no intent of the set")
    return intent_of(completion.rpartition("</think>")[2]) == expected
