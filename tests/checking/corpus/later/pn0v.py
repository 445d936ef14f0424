"""Reward for listing titles in a marketplace: brand and product named, within the length limit, no shouting."""

import re


def shouting(text: str) -> bool:
    return any(len(word) > 4 and word.isupper() for word in re.findall(r"[A-Za-z]+", text))


def listing_title(completions, brand, product, max_chars, **kwargs) -> list[float]:
    """1.0 for a title that keeps to all the rules, 0.0 for one that does not."""
    rewards = []
    for completion, name, kind, limit in zip(completions, brand, product, max_chars):
        title = completion.strip().strip('"')
        if not title:
            continue
        words = title.lower()
        good = (
            len(title) <= limit
            and "\n" not in title
            and name.lower() in words
            and kind.lower() in words
            and not shouting(title)
        )
        rewards.append(1.0 if good else 0.0)
    return rewards
