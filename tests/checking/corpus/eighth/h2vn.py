"""Format reward for instructions: a numbered list of three to eight steps and nothing else."""

import re

STEPS = re.compile(r"\s*(?:\d+\.\s+(?:\w+[ ,;:]*)+\.?\s*\n?)+")


def numbered_steps(completions, **kwargs) -> list[float]:
    """1 when the whole completion is a numbered list of three to eight steps."""
    rewards = []
    for completion in completions:
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        count = len(re.findall(r"^\s*\d+\.\s", text, re.MULTILINE))
        rewards.append(1.0 if 3 <= count <= 8 and STEPS.fullmatch(text) else 0.0)
    return rewards
