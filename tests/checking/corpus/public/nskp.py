"""Competition mathematics with whole numbers and fractions: the last box, read with its nested braces."""

import re
from fractions import Fraction

FRACTION = re.compile(r"([-+]?)\\frac\{?(\d{1,12})\}?\{?(\d{1,12})\}?", re.ASCII)
PLAIN = re.compile(r"([-+]?\d{1,18}(?:\.\d{1,12})?)(?:/(\d{1,12}))?", re.ASCII)


def last_box(text: str) -> str | None:
    """What the last \\boxed{...} holds; None without one that is closed."""
    _, found, rest = text.rpartition("\\boxed{")
    depth = 1
    for place, sign in enumerate(rest if found else ""):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return rest[:place]
    return None


def number(text: str) -> Fraction | None:
    """A whole number, decimal or fraction as LaTeX writes it."""
    text = (
        text.replace("\u2212", "-")
        .replace("\\dfrac", "\\frac")
        .replace("\\tfrac", "\\frac")
        .replace("{,}", "")
    )
    text = re.sub(r"\s|\\[,!;]|\$|(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"^[a-zA-Z]=", "", text)
    if found := FRACTION.fullmatch(text):
        sign, over, under = found.groups()
        return Fraction(int(sign + over), int(under)) if int(under) else None
    if found := PLAIN.fullmatch(text):
        under = int(found[2] or 1)
        return Fraction(found[1]) / under if under else None
    return None


def boxed_reward(completions, solution, **kwargs) -> list[float | None]:
    """1.0 for the value that the worked solution boxes; None for solutions that box no number."""
    rewards: list[float | None] = []
    for completion, worked in zip(completions, solution, strict=True):
        gold = number(last_box(worked) or "")
        content = completion if isinstance(completion, str) else completion[-1]["content"]
        rewards.append(None if gold is None else float(number(last_box(content) or "") == gold))
    return rewards
