"""Against loops in long answers: the share of three-word sequences that are new."""

import re


def trigrams(text: str) -> list[tuple[str, str, str]]:
    words = re.findall(r"\w+", text.lower())
    return list(zip(words, words[1:], words[2:]))


def freshness(completions, **kwargs) -> list[float]:
    """1 for a description that repeats nothing; every repeated three-word sequence takes its share away."""
    rewards = []
    for completion in completions:
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        grams = trigrams(text)
        repeated = len(grams) - len(set(grams))
        rewards.append(1.0 - repeated / max(len(grams), 1))
    return rewards
