"""Right answers earn more when they are short: full marks up to 200 characters, then a half cosine down to a half."""

import math
import re

FREE, LONGEST = 200, 1000
ANSWER = re.compile(r"answer: *\$?(-?\d{1,12}(?:\.\d{1,6})?)\.?\s*$", re.IGNORECASE | re.ASCII | re.MULTILINE)


def is_right(text: str, truth: str) -> bool:
    found = ANSWER.findall(text.replace(",", ""))
    return bool(found) and float(found[-1]) == float(truth)


def concise_reward(completions, answer, **kwargs) -> list[float]:
    """Between 0.5 and 1.0 for a right answer by its length, 0.0 for a wrong one."""
    rewards = []
    for completion, truth in zip(completions, answer, strict=True):
        if not is_right(completion, truth):
            rewards.append(0.0)
            continue
        progress = max(0, len(completion.strip()) - FREE) / (LONGEST - FREE)
        rewards.append(0.75 + 0.25 * math.cos(math.pi * progress))
    return rewards
