"""TRL reward for fare questions: the last number of the reply must be the fare, to the cent."""

import re

NUMBER = re.compile(r"[0-9][0-9.,]*")


def last_number(text: str) -> float | None:
    """The last number of a text, without thousands separators; None when there is none."""
    found = NUMBER.findall(text)
    if not found:
        return None
    return float(found[-1].replace(",", "").rstrip("."))


def fare_reward(prompts, completions, fare, **kwargs) -> list[float]:
    rewards = []
    for completion, truth in zip(completions, fare):
        value = last_number(completion)
        right = value is not None and abs(value - float(truth)) < 0.005
        rewards.append(1.0 if right else 0.0)
    return rewards
