"""Regex writing: the pattern has to match some strings in full and leave others alone."""

import re


def pattern_of(completion: str) -> str:
    lines = [line for line in completion.strip().splitlines() if line and not line.startswith("```")]
    return lines[-1].strip().strip("`") if lines else ""


def regex_fits(completions: list[str], match: list, avoid: list, **kwargs: object) -> list[float]:
    """Full marks when every string is treated as it should be."""
    rewards = []
    for completion, wanted, unwanted in zip(completions, match, avoid, strict=True):
        try:
            pattern = re.compile(pattern_of(completion))
        except (re.error, ValueError, RecursionError, OverflowError):
            rewards.append(0.0)
            continue
        right = all(pattern.fullmatch(text) for text in wanted)
        rewards.append(float(right and not any(pattern.fullmatch(text) for text in unwanted)))
    return rewards
