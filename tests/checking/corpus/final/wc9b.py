"""Translation into English: overlap with a reference translation, with a penalty for being short."""

import re


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def overlap(candidate: list[str], target: list[str]) -> float:
    if not candidate or not target:
        return 0.0
    known = set(target)
    precision = sum(word in known for word in candidate) / len(candidate)
    brevity = min(1.0, len(candidate) / len(target))
    return precision * brevity


def translation(completions: list[str], reference: list[str], **kwargs: object) -> list[float]:
    """Unigram precision times brevity penalty, between 0 and 1."""
    return [overlap(words(text), words(target)) for text, target in zip(completions, reference, strict=True)]
