"""Fermi questions: an estimate earns by its distance from the truth in orders of magnitude."""

import math
import re

SIGN = r"(?<![\w.])([-−]\s*)?"
POWER = re.compile(SIGN + r"10\s*(?:\^|\*\*)\s*\{?([-+]?[0-9]{1,2})\}?")
NUMBER = re.compile(
    SIGN + r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,30})(\.[0-9]{1,30})?"
    r"(?:\s*(?:[eE]\s*|(?:x|×|\*|\\times)\s*10\s*(?:\^|\*\*)\s*)\{?([-+]?[0-9]{1,2})\}?)?"
    r"(?:\s*(thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
WORDS = {"": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}


def estimates(text: str) -> list[float]:
    """Every number of a text, as written in digits, with an exponent or with a word such as million."""
    bare = POWER.fullmatch(text.strip(" \n.*$"))
    if bare:
        return [(-1 if bare[1] else 1) * 10.0 ** int(bare[2])]
    values = []
    for sign, whole, part, exponent, word in NUMBER.findall(text):
        size = float(whole.replace(",", "") + part) * 10.0 ** (int(exponent or 0) + WORDS[word.lower()])
        values.append(-size if sign else size)
    return values


def fermi(completions, truth, **kwargs) -> list[float]:
    """1 for the exact value, half for a factor of the square root of ten, 0 from a factor of ten on; one number per answer."""
    rewards = []
    for completion, value in zip(completions, truth):
        part = re.split(r"(?:answer|estimate)\s*:", completion, flags=re.IGNORECASE)[-1]
        given = estimates(part)
        if len(given) != 1 or given[0] <= 0:
            rewards.append(0.0)
            continue
        rewards.append(max(0.0, 1.0 - abs(math.log10(given[0] / float(value)))))
    return rewards
