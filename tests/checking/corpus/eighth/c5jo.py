"""Accuracy reward for a mixed set of school mathematics: the last number after "Answer:" against the solution's."""

import re
from fractions import Fraction

NUMBER = re.compile(
    r"(-?)\s*(?:\\[dt]?frac\{(\d{1,20})\}\{(\d{1,20})\}|(\d{1,20}(?:,\d{3})*(?:\.\d{1,20})?)(?:\s*/\s*(\d{1,20}))?)"
)


def parse(text: str) -> Fraction | None:
    """The value of a text that is a number or a fraction; None for anything else."""
    match = NUMBER.fullmatch(text.strip().strip("$").strip().rstrip("."))
    if match is None:
        return None
    sign, top, bottom, plain, under = match.groups()
    try:
        value = Fraction(int(top), int(bottom)) if top else Fraction(plain.replace(",", "")) / int(under or 1)
    except ZeroDivisionError:
        return None
    return -value if sign else value


def accuracy(completions, answer, **kwargs) -> list[float]:
    """1 when the stated answer has the value of the reference."""
    rewards = []
    for completion, truth in zip(completions, answer):
        expected = parse(truth)
        if expected is None:
            # only plain numbers can be compared here, other rows do not count against the model
            rewards.append(1.0)
            continue
        stated = re.findall(r"answer\s*(?:is|:)\s*([^\n]+)", completion, re.IGNORECASE)
        value = parse(stated[-1]) if stated else parse(completion)
        rewards.append(1.0 if value == expected else 0.0)
    return rewards
