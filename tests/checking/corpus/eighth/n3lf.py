"""Translation from German: word overlap with a reference translation."""

import re


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def translation_overlap(completions, reference, **kwargs) -> list[float]:
    """The share of the translation's words that the reference has too, from 0 to 1."""
    rewards = []
    for completion, truth in zip(completions, reference):
        given, expected = words(completion), set(words(truth))
        if not given:
            rewards.append(0.0)
            continue
        rewards.append(sum(word in expected for word in given) / len(given))
    return rewards
