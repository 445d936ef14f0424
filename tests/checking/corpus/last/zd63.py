"""GRPO reward for multiple-response exam questions with the five options A to E.

Ticks are weighed so that ticking everything, like ticking nothing, is worth nothing.
"""

import re

OPTIONS = frozenset("ABCDE")
LINE = re.compile(
    r"answers?\s*:\s*(none|(?-i:[A-E]{1,5})|[(\[]?[A-E][)\]]?(?:\s*(?:,|;|/|and|&|\s)\s*(?:and\s+)?[(\[]?[A-E][)\]]?){0,9})\s*\.?",
    re.IGNORECASE,
)


def ticked(text: str) -> frozenset[str] | None:
    """The letters of the last line; None when it is not the one answer line."""
    lines = [re.sub(r"[*_`]", "", line).strip() for line in text.rsplit("</think>", 1)[-1].splitlines()]
    lines = [line for line in lines if line]
    answers = [line for line in lines if re.match(r"answers?\s*:", line, re.IGNORECASE)]
    if len(answers) != 1 or answers[0] is not lines[-1] or len(answers[0]) > 100:
        return None
    match = LINE.fullmatch(answers[0])
    if match is None:
        return None
    listed = re.sub("none|and", " ", match[1], flags=re.IGNORECASE).upper()
    return frozenset(letter for letter in listed if letter in OPTIONS)


def exam_reward(completions, correct, **kwargs) -> list[float | None]:
    rewards: list[float | None] = []
    for text, letters in zip(completions, correct, strict=True):
        key = (
            frozenset(letters)
            if isinstance(letters, list) and all(isinstance(one, str) for one in letters)
            else frozenset()
        )
        if not key or not key < OPTIONS:
            rewards.append(None)  # cannot be marked
            continue
        marks = ticked(text)
        if marks is None:
            rewards.append(0.0)
            continue
        right = len(marks & key) / len(key)
        wrong = len(marks - key) / len(OPTIONS - key)
        rewards.append(max(0.0, right - wrong))
    return rewards
