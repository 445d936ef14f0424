"""Right answers, the shorter the better: full marks up to 240 characters, sinking to 0.6 at 1200 and staying there."""

import math
import re

FREE, LONGEST, LEAST = 240, 1200, 0.6
RESULT = re.compile(r"result: *(-?\d{1,12}(?:\.\d{1,6})?)\.?\s*$", re.IGNORECASE | re.ASCII | re.MULTILINE)


def factor(length: int) -> float:
    """From 1.0 down to LEAST along half a cosine, never up again."""
    progress = min(1.0, max(0, length - FREE) / (LONGEST - FREE))
    return LEAST + (1.0 - LEAST) * 0.5 * (1.0 + math.cos(math.pi * progress))


def brevity_reward(completions, reference, **kwargs) -> list[float]:
    """0.0 for a wrong result whatever its length."""
    rewards = []
    for completion, truth in zip(completions, reference, strict=True):
        found = RESULT.findall(completion.replace(",", "").replace("*", "").replace("\u2212", "-"))
        right = bool(found) and float(found[-1]) == float(truth)
        rewards.append(factor(len(completion.strip())) if right else 0.0)
    return rewards
