"""Reward for school geography quizzes: the letter of the right option, or the option itself."""

import re


def plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`\"'’.()]", " ", text).casefold().split())


def choice_of(text: str, options: list[str]) -> int | None:
    """The index of the option that an answer names: its letter, its text, or both in agreement."""
    marked = re.findall(r"(?im)^[^\w\n]*(?:the )?(?:final |correct )?answer(?: is)?\s*:?\W*(.*)$", text)
    said = {plain(answer) for answer in marked or [text]}
    if len(said) != 1:
        return None
    answer = said.pop()
    for index, option in enumerate(options):
        letter = chr(ord("a") + index)
        forms = {letter, f"option {letter}", plain(option)}
        forms |= {f"{letter}{mark} {plain(option)}" for mark in ("", ":", " -", " –", " :")}
        if answer in forms:
            return index
    return None


def quiz_choice(completions, options, answer, **kwargs) -> list[float]:
    """1.0 when each completion's `Answer:` names the option whose letter its row gives."""
    rewards = []
    for completion, choices, letter in zip(completions, options, answer, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        wanted = ord(letter.strip().upper()) - ord("A")
        rewards.append(1.0 if choice_of(text, choices) == wanted else 0.0)
    return rewards
