"""Word problems in the style of GSM8K: the last number of the answer is its result."""

import re

NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?", re.ASCII)


def to_number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def result_reward(completions, answer, **kwargs) -> list[float]:
    """1.0 where the last number is the answer."""
    rewards = []
    for completion, expected in zip(completions, answer, strict=True):
        numbers = NUMBER.findall(completion)
        found = to_number(numbers[-1]) if numbers else None
        rewards.append(float(found is not None and found == to_number(str(expected))))
    return rewards
