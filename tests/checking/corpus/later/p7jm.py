"""Reward for retail banking sums: an amount of money, within the tolerance that the row allows."""

import re

AMOUNT = r"([-−–]?)\s*(?:(?:USD|EUR|GBP|CHF|US\$|[$€£])\s*)?([-−–]?)((?:[0-9]{1,3}(?:[,'’ ][0-9]{3})+|[0-9]{1,300})(?:\.[0-9]{1,300})?)\s*(?:USD|EUR|GBP|CHF|dollars|euros|pounds|[$€£])?"


def amount_in(line: str) -> float | None:
    match = re.fullmatch(rf"{AMOUNT}\.?", line.strip(), re.IGNORECASE) if len(line) <= 700 else None
    if not match:
        return None
    value = float(re.sub(r"[,'’ ]", "", match.group(3)))
    return -value if match.group(1) or match.group(2) else value


def final_amount(text: str) -> float | None:
    """What the `Amount:` line says, or all of a short answer; None when lines contradict each other."""
    text = re.sub(r"[*_`\\]", "", text)
    marked = re.findall(r"(?im)^[^\w\n]*(?:amount|(?:final )?answer)\s*[:=](.*)$", text)
    amounts = {amount_in(line) for line in marked or [text]}
    return amounts.pop() if len(amounts) == 1 else None


def amount_reward(completions, answer, tolerance, **kwargs) -> list[float]:
    """One reward a completion, each against the answer of its own row."""
    rewards = []
    for completion, wanted, slack in zip(completions, answer, tolerance, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        value = final_amount(text)
        close = value is not None and abs(value - float(wanted)) <= float(slack) + 1e-9
        rewards.append(1.0 if close else 0.0)
    return rewards
