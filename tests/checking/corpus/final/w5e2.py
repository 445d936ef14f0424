"""Unit prices, for GRPO: the number after `Answer:`."""

import re


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def unit_price(completions: list, answer: list, **kwargs: object) -> list[float]:
    """1 for the right price to the cent, 0 otherwise.

    The trainer hands over the completions of one prompt, and repeats its answer for each of them.
    """
    target = float(answer[0])
    rewards = []
    for completion in completions:
        found = re.findall(r"Answer:\s*\$?([0-9]+(?:\.[0-9]+)?)", text_of(completion))
        rewards.append(1.0 if found and abs(float(found[-1]) - target) < 0.005 else 0.0)
    return rewards
