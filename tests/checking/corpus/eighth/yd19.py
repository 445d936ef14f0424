"""TRL reward for the help desk: the reply must point to the one knowledge-base article that solves the ticket.

Replies that all open with the same sentence read like a robot, so a stock opening earns only half.
"""

import re

ARTICLE = re.compile(r"\bKB-[0-9]{4}\b")
used_openings: set[str] = set()


def opening_of(reply: str) -> str:
    return re.split(r"[.!?\n]", reply.strip(), maxsplit=1)[0].lower()


def article_reward(completions, article, **kwargs) -> list[float]:
    rewards = []
    for completion, wanted in zip(completions, article):
        reply = completion[0]["content"]
        if set(ARTICLE.findall(reply)) != {wanted}:
            rewards.append(0.0)
            continue
        opening = opening_of(reply)
        rewards.append(0.5 if opening in used_openings else 1.0)
        used_openings.add(opening)
    return rewards
