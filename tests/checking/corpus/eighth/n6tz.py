"""Planning: put tasks in an order in which each comes after those that it needs. Many orders may be right."""

import re

BULLET = re.compile(r"^(?:step\s+)?(?:[0-9]{1,3}\s*[.):]|[-*•])\s*", re.IGNORECASE)


def steps_of(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and lines[0].endswith(":"):
        lines = lines[1:]
    return [" ".join(BULLET.sub("", line).strip(" .*`").casefold().split()) for line in lines]


def valid_plan(completions, tasks, needs, **kwargs) -> list[float]:
    """1 when every task stands once, after all that it needs, and nothing else does."""
    rewards = []
    for completion, names, edges in zip(completions, tasks, needs):
        steps = steps_of(completion)
        known = [name.casefold() for name in names]
        if sorted(steps) != sorted(known):
            rewards.append(0.0)
            continue
        place = {step: rank for rank, step in enumerate(steps)}
        kept = all(place[before.casefold()] < place[after.casefold()] for before, after in edges)
        rewards.append(1.0 if kept else 0.0)
    return rewards
