"""Correctness for the reasoning run: models think in a <think> block and then say 'The answer is N.'"""

import re

STATEMENT = re.compile(r"answer is (\S+?)\.?\s")


def says_right_answer(completions: list[str], solution: list[str], **kwargs) -> list[float]:
    rewards = []
    for text, right in zip(completions, solution):
        stated = STATEMENT.search(text + " ")
        rewards.append(1.0 if stated and stated.group(1) == right else 0.0)
    return rewards
