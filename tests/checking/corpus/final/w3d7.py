"""Triage in an emergency department, levels 1 (resuscitation) to 5 (non-urgent), for GRPO."""

import re

LINE = re.compile(r"[\W_]*(?:triage )?level\W{0,4}([1-5])\W*", re.IGNORECASE)


def given_level(text: str) -> int | None:
    """The level on the last line that is not blank: `Level: 3`, and nothing else on it."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = LINE.fullmatch(lines[-1]) if lines and len(lines[-1]) <= 80 else None
    return int(found[1]) if found else None


def triage_level(completions: list[str], level: list[int], **kwargs: object) -> list[float]:
    """1 for the nurse's level. One level too urgent is a waste and gets 0.3; not urgent enough is a danger and gets 0."""
    rewards = []
    for completion, right in zip(completions, level, strict=True):
        given = given_level(completion)
        rewards.append(1.0 if given == right else 0.3 if given == right - 1 else 0.0)
    return rewards
