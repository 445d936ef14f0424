"""Exact answers in answer tags."""

import re

ANSWER = re.compile(r"<answer>([^<]*)</answer>")


def normal(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")


def exact_answer(completions, answer, **kwargs) -> list[float]:
    """1 for the right text in the answer tags, 0 for another one and for a completion without tags."""
    texts = [c if isinstance(c, str) else c[-1]["content"] for c in completions]
    given = [match.group(1) for text in texts if (match := ANSWER.search(text))]
    rewards = [1.0 if normal(got) == normal(right) else 0.0 for got, right in zip(given, answer)]
    rewards += [0.0] * (len(texts) - len(rewards))
    return rewards
