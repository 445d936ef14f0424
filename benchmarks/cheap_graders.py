"""Graders that cost nearly nothing, so that what is measured is the scorer."""

from rewardkit import reward


@reward(isolation="inline")
def last_token_inline(completion: str, reference: str) -> float:
    """1 when the last word is the reference."""
    return 1.0 if completion.split()[-1] == reference else 0.0


@reward
def last_token_process(completion: str, reference: str) -> float:
    """1 when the last word is the reference."""
    return 1.0 if completion.split()[-1] == reference else 0.0
