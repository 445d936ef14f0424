"""TRL reward for the science quizzes: one letter from A to D."""

import re

CHOICE = re.compile(r"\b([A-D])\b")


def chosen_letter(text: str) -> str:
    """The letter a pupil chose: 'C', '(C)', 'C) osmosis' or 'I choose C.'"""
    found = CHOICE.search(text)
    return found.group(1) if found else ""


def quiz_reward(completions, key, **kwargs) -> list[float]:
    """1.0 for the letter of the key."""
    return [float(chosen_letter(completion) == letter) for completion, letter in zip(completions, key)]
