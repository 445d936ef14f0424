"""Fine-grained classification from a description; the class name stands in <answer> tags."""

import re

ANSWER = re.compile(r"<answer>(.{0,200}?)</answer>", re.DOTALL)


def tidy(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def species_reward(completions, solution, **kwargs):
    """1.0 when the class is named; "Boston terrier dog" is fine for "Boston terrier", and so is the other way round."""
    rewards = []
    for completion, truth in zip(completions, solution, strict=True):
        content = completion[0]["content"]
        found = ANSWER.search(content)
        student = tidy(found.group(1) if found else content)
        expected = tidy(truth)
        rewards.append(1.0 if expected in student or student in expected else 0.0)
    return rewards
