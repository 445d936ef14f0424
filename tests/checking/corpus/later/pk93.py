"""Reward for loan arithmetic: the effective annual rate in per cent, two decimals."""

import re


def last_rate(text: str) -> float | None:
    found = re.findall(r"(?im)^[^\w\n]*rate\s*:\W*([0-9]{1,3}(?:\.[0-9]+)?)\s*%?\W*$", text)
    return float(found[-1]) if found else None


def annual_rate_reward(completions, answer, **kwargs) -> list[float]:
    """1.0 for every completion whose `Rate:` line is within half a hundredth of the answer."""
    target = float(str(answer[0]).rstrip("%"))
    rewards = []
    for completion in completions:
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        rate = last_rate(text)
        rewards.append(1.0 if rate is not None and abs(rate - target) <= 0.005 + 1e-9 else 0.0)
    return rewards
