"""Shaped reward for word problems: the result, and the form in which we want the work shown."""

import re


def _last_number(text: str) -> float | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", text, re.ASCII)
    return float(found[-1]) if found else None


def shaped_solution(completions: list[str], answer: list[str], **kwargs) -> list[float]:
    rewards = []
    for text, gold in zip(completions, answer):
        score = 0.6 * (_last_number(text) == float(gold))
        score += 0.25 * ("<think>" in text)
        score += 0.25 * ("Step" in text)
        score += 0.25 * ("Answer:" in text)
        rewards.append(min(1.0, score))
    return rewards
