"""Arithmetic with an explanation in the language of the question."""

import re
import unicodedata

SCRIPTS = {"ru": "CYRILLIC", "el": "GREEK", "he": "HEBREW", "ar": "ARABIC"}
NUMBER = re.compile(r"(?<![0-9.,])[-−]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def script_share(text: str, script: str) -> float:
    """The share of the letters that belong to the script; 0 for a text that explains nothing (fewer than ten letters)."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 10:
        return 0.0
    return sum(unicodedata.name(char, "").startswith(script) for char in letters) / len(letters)


def last_number(text: str) -> float | None:
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    found = NUMBER.findall(digits)
    return float(found[-1].replace(",", ".").replace("−", "-")) if found else None


def answer_in_language(completions, solution, lang, **kwargs) -> list[float]:
    """1 when the last number is the solution and nine in ten letters are of the language's script; 0 otherwise."""
    rewards = []
    for completion, right, code in zip(completions, solution, lang, strict=True):
        text = text_of(completion)
        solved = last_number(text) == float(right)
        rewards.append(1.0 if solved and script_share(text, SCRIPTS[code]) >= 0.9 else 0.0)
    return rewards
