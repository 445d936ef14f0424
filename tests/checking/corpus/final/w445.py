"""Format for GRPO: <think>...</think> and then <answer>...</answer>, and nothing besides."""

import re

SHAPE = re.compile(r"\s*<think>(.*)</think>\s*<answer>(.*)</answer>\s*", re.DOTALL)
TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def text_of(completion: str | list) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def format_tags(completions: list, **kwargs: object) -> list[float]:
    """1 when each tag stands there once, in order, with something written inside both pairs."""
    rewards = []
    for completion in completions:
        text = text_of(completion)
        found = SHAPE.fullmatch(text) if all(text.count(tag) == 1 for tag in TAGS) else None
        rewards.append(1.0 if found and found[1].strip() and found[2].strip() else 0.0)
    return rewards
