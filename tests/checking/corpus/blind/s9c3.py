"""Quiz questions with a stated confidence, so that the model learns to know what it knows (TRL)."""

import re

ANSWER = re.compile(r"^[ \t*]*answer[ \t*]*:(.*)$", re.IGNORECASE | re.MULTILINE)
CONFIDENCE = re.compile(r"confidence[ \t*]*:[ \t*]*([0-9]{1,3})[ \t]?%", re.IGNORECASE)


def plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text).lower().strip()


def calibrated(completions, answer, **kwargs) -> list[float]:
    """The probability that the completion gave to what turned out to be true."""
    rewards = []
    for completion, expected in zip(completions, answer):
        given = ANSWER.findall(completion)
        stated = CONFIDENCE.findall(completion)
        if not given or not stated or int(stated[-1]) > 100:
            rewards.append(0.0)
            continue
        confidence = int(stated[-1]) / 100
        right = plain(given[-1]) == plain(expected)
        rewards.append(confidence if right else 1 - confidence)
    return rewards
