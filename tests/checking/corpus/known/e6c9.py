"""Correctness for the chat model: it may think in <think>, only what it says afterwards counts."""

import re

VALUE = re.compile(
    r"[\s*_:$]*([-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,10})?)[\s*_$]*[a-z%]{0,12}[\s*_.!]*",
    re.I,
)


def _value(text: str) -> float | None:
    shape = VALUE.fullmatch(text) if len(text) <= 80 else None
    return float(shape[1].replace(",", "")) if shape else None


def _said(text: str) -> float | None:
    """The number stated as the answer; None when there is none or there are several."""
    opened, closed = text.rfind("<think>"), text.rfind("</think>")
    if opened > closed:
        return None
    visible = text.rpartition("</think>")[2].replace("\u2212", "-").strip()
    parts = re.split(r"(?<!not )(?<!not the )answer(?: is|:)", visible, flags=re.IGNORECASE)
    stated = {_value(part.strip().partition("\n")[0]) for part in parts[1:] or [visible]}
    return stated.pop() if len(stated) == 1 and len(parts) <= 3 else None


def said_after_thinking(completions: list[list[dict]], solution: list[str], **kwargs) -> list[float | None]:
    """None where the solution on record is no number."""
    rewards: list[float | None] = []
    for messages, solved in zip(completions, solution):
        right = _value(solved)
        said = _said(messages[-1]["content"] or "")
        rewards.append(None if right is None else float(said == right))
    return rewards
