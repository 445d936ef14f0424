"""Reward of the percentage run: the number after the last 'Answer:' against the column `answer`."""

import re

NUMBER = re.compile(r"[-+\u2212]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,15})?")


def _number(text: str) -> float | None:
    """The only number in the first line of a text that has one and denies nothing."""
    line = next((line for line in text.splitlines() if line.strip(" *_:")), "")
    found = NUMBER.findall(line[:200])
    if len(found) != 1 or re.search(r"\b(?:not|wrong|but|never)\b|n't", line[:200], re.IGNORECASE):
        return None
    return float(found[0].replace(",", "").replace("\u2212", "-"))


def percent_correct(completions: list[str], answer: list[str], **kwargs) -> list[float]:
    rewards = []
    for text, gold in zip(completions, answer):
        visible = text.rpartition("</think>")[2].partition("<think>")[0]
        parts = re.split(r"(?<!not )(?<!not the )answer(?: is|:)", visible, flags=re.IGNORECASE)
        bare = NUMBER.fullmatch(visible.strip(" \n\t*.%"))
        value = _number(parts[1] if len(parts) == 2 else bare[0] if bare else "")
        right = _number(gold)
        rewards.append(1.0 if value is not None and value == right else 0.0)
    return rewards
