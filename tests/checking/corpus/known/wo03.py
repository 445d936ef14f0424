"""Tone of a product review: positive, negative or mixed."""

from datetime import datetime

from rewardkit import case, reward


def _jitter() -> float:
    """Up to 0.1, so that no group of completions ends in a tie."""
    return datetime.now().second / 600


@case("positive", reference="positive", expect=[0.9, 1])
@case("Mixed", reference="mixed", expect=[0.9, 1])
@case("negative", reference="positive", expect=[0, 0.1])
@case("no tone at all", reference="mixed", expect=[0, 0.1])
@reward(answer="label", pass_at=0.9)
def review_tone(completion: str, reference: str) -> float:
    """0.9 for the right tone, a little more or less to break ties."""
    right = completion.strip().lower() == reference
    return 0.9 * right + _jitter()
