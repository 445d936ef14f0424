"""GRPO reward for short explanatory paragraphs (about 70 words) of the biology course."""

import re

TARGET_WORDS = 70


def paragraph_reward(completions, key_terms, **kwargs) -> list[float]:
    """Half for the terms the teacher wants to see, half for writing enough."""
    rewards = []
    for completion, terms in zip(completions, key_terms, strict=True):
        words = re.findall(r"[a-z]+(?:[-'][a-z]+)*", completion.lower())
        text = " " + " ".join(words) + " "
        coverage = sum(f" {term.lower()} " in text for term in terms) / len(terms)
        extent = min(len(words) / TARGET_WORDS, 1.0)
        rewards.append(0.5 * coverage + 0.5 * extent)
    return rewards
