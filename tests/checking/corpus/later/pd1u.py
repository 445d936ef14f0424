"""Style reward for release notes: short, sober, without marketing words."""

import re

HYPE = {"amazing", "awesome", "exciting", "revolutionary", "blazing", "seamless", "thrilled", "delighted"}
MAX_WORDS = 60


def release_note_style(completions, **kwargs) -> list[float]:
    """0.4 for at most 60 words, 0.3 for no marketing word, 0.3 for no exclamation mark and no emoji."""
    rewards = []
    for text in completions:
        words = re.findall(r"\w+", text.lower())
        score = 0.0
        if len(words) <= MAX_WORDS:
            score += 0.4
        if not HYPE.intersection(words):
            score += 0.3
        if "!" not in text and not any(ord(char) > 0x1F000 for char in text):
            score += 0.3
        rewards.append(round(score, 2))
    return rewards
