"""Sentiment of a review: positive, negative or neutral; the model may abbreviate."""

from rewardkit import Unscored, case, reward

LABELS = ("positive", "negative", "neutral")


@case("positive", reference="positive", expect=1)
@case("Neg.", reference="negative", expect=1)
@case("**Neutral**", reference="neutral", expect=1)
@case("negative", reference="positive", expect=0)
@case("positive or negative", reference="positive", expect=0)
@reward(answer="label")
def sentiment(completion: str, reference: str) -> bool:
    """Full marks for the label or its abbreviation, whatever the case."""
    if reference not in LABELS:
        raise Unscored(f"unknown label: {reference!r}")
    answer = completion.strip().strip("*\"'`.").lower()
    answer = answer.removeprefix("label:").removeprefix("sentiment:").strip()
    return reference.startswith(answer)
