"""Final results of school mathematics, compared as fractions; both sides are read from LaTeX."""

import re
from fractions import Fraction

MATH = re.compile(r"\$([^$]{1,80})\$|\\boxed\{([^{}]{1,80})\}")
PLAIN = re.compile(r"(-?\d{1,15})(?:\.(\d{1,9}))?(?:/(\d{1,15}))?", re.ASCII)


def parse(text: str) -> Fraction | None:
    """The last piece of mathematics in a text as a number; None where there is none."""
    pieces = MATH.findall(text)
    if not pieces:
        return None
    piece = re.sub(r"[\s,]", "", "".join(pieces[-1]))
    found = PLAIN.fullmatch(piece)
    if not found:
        return None
    whole, decimals, under = found.groups()
    if under is not None and int(under) == 0:
        return None
    return Fraction(f"{whole}.{decimals or 0}") / int(under or 1)


def accuracy_reward(completions, solution, **kwargs) -> list[float | None]:
    """1.0 where completion and solution are the same number; None where the solution cannot be read."""
    rewards: list[float | None] = []
    for completion, truth in zip(completions, solution, strict=True):
        gold = parse(truth)
        if gold is None:
            rewards.append(None)
        else:
            rewards.append(1.0 if parse(completion) == gold else 0.0)
    return rewards
