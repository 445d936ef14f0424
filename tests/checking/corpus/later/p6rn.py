"""Forecasting: a yes/no call with a confidence, rewarded so that honest confidence pays."""

import re

from rewardkit import case, order, probe, reward


@case("Answer: yes\nConfidence: 1.0", reference="yes", expect=1)
@case("Answer: yes\nConfidence: 0.9", reference="yes", expect=0.99)
@case("Answer: yes\nConfidence: 0.9", reference="no", expect=0.19)
@case("Answer: yes", reference="yes", expect=0)
@order(
    "Answer: no\nConfidence: 0.9",
    "Answer: no\nConfidence: 0.6",
    "Answer: yes\nConfidence: 0.9",
    reference="yes",
)
@probe("Confidence: 0.5", reference="yes")
@probe("Answer: yes or no\nConfidence: 1", reference="yes")
@reward(answer="label", pass_at=0.9)
def forecast(completion: str, reference: str) -> float:
    """One minus the Brier score of the stated confidence."""
    answer = re.search(r"(?im)^answer:\s*(yes|no)\s*\.?\s*$", completion)
    stated = re.search(r"(?im)^confidence:\s*([01](?:\.[0-9]+)?)\s*$", completion)
    if not answer or not stated:
        return 0.0
    confidence = min(float(stated.group(1)), 1.0)
    right = 1.0 if answer.group(1).lower() == reference.lower() else 0.0
    return 1.0 - (confidence - right) ** 2
