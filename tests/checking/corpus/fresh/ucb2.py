"""Summaries for the newsletter: short, and with everything that the editors marked as essential."""

import re


def count_words(text: str) -> int:
    return len(text.strip().split(" "))


def mentions(text: str, term: str) -> bool:
    text = " ".join(text.lower().split())
    return re.search(rf"(?<!\w){re.escape(term.lower())}(?!\w)", text) is not None


def summary_reward(prompts, completions, essentials, max_words, **kwargs):
    """The share of the essentials that the summary mentions; nothing when it is longer than the limit."""
    rewards = []
    for completion, terms, limit in zip(completions, essentials, max_words):
        if not completion.strip() or count_words(completion) > limit:
            rewards.append(0.0)
            continue
        rewards.append(sum(mentions(completion, term) for term in terms) / len(terms))
    return rewards
