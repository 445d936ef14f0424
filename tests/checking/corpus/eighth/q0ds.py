"""Equations: the set of real solutions on the last line. Rows whose answer is no finite set are left to another reward."""

import re
from fractions import Fraction

NUMBER = re.compile(
    r"([-−+]?)(?:\\[dt]?frac\{(\d{1,30})\}\{(\d{1,30})\}|(\d{1,30}(?:\.\d{1,30})?)(?:/(\d{1,30}))?)"
)
NOTHING = re.compile(
    r"(?:there\s+(?:are|is)\s+)?no\s+(?:real\s+)?solutions?|none|∅|\\emptyset|\\varnothing|\\?\{\\?\}"
)


def number(text: str) -> Fraction | None:
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, top, bottom, plain, under = match.groups()
    below = int(bottom or under or 1)
    if below == 0:
        return None
    value = Fraction(top or plain) / below
    return -value if sign in ("-", "−") else value


def numbers(text: str) -> list[Fraction | None]:
    """The value of a text, or both values of one such as "±2"."""
    bare = re.sub(r"^[a-z](?:_\d)?\s*=\s*", "", text).replace(" ", "").strip("$")
    both = re.match(r"±|\\pm", bare)
    value = number(bare[both.end() :] if both else bare)
    return [value, -value] if both and value is not None else [value]


def solutions(text: str) -> frozenset[Fraction] | None:
    """The numbers of "x = 2 or x = -1", "{-1, 2}" and the like; None when the text is no such list."""
    lines = [line for line in text.splitlines() if line.strip()]
    line = re.sub(r"\s+", " ", lines[-1]).strip(" .$*").lower() if lines else ""
    line = re.sub(
        r"^(?:(?:so|thus|hence|therefore),? )?(?:(?:the )?(?:final |real )?(?:answers?|solutions?)\s*(?:is|are|:)[\s*$]*)?",
        "",
        line,
    )
    line = re.sub(r"^\\boxed\{(.*)\}$", r"\1", line).strip()
    if len(line) > 500:
        return None
    if NOTHING.fullmatch(line):
        return frozenset()
    line = re.sub(r"^(\\?)\{(.*)\1\}$", r"\2", line)
    parts = re.split(r"\s*[,;]\s*(?:and |or )?| and | or ", line.strip())
    values = [value for part in parts for value in numbers(part)]
    return None if None in values else frozenset(values)


def solution_set(completions, answer, **kwargs) -> list[float | None]:
    """1 for exactly the solutions of the reference, in any order; None where the reference is no finite set."""
    rewards = []
    for completion, truth in zip(completions, answer):
        expected = solutions(truth)
        if expected is None:
            rewards.append(None)
            continue
        rewards.append(1.0 if solutions(completion) == expected else 0.0)
    return rewards
