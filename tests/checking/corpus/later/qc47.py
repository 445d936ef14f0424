"""Accuracy reward for math: the last box, compared as text and as a number."""

import re
from fractions import Fraction

PLAIN = re.compile(r"([-+]?)([0-9]{1,100}|[0-9]{1,3}(?:,[0-9]{3}){1,20})?(\.[0-9]{1,60})?")
RATIO = re.compile(r"([-+]?)(?:\\frac\{([-+]?[0-9]{1,60})\}\{([0-9]{1,60})\}|([0-9]{1,60})/([0-9]{1,60}))")


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def last_box(text: str) -> str | None:
    """What stands between the braces of the last \\boxed, braces inside counted; None when it is not closed."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 0
    for place in range(start + 6, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 7 : place]
    return None


def tidy(answer: str) -> str:
    answer = re.sub(r"\\[dt]frac", r"\\frac", answer.strip().strip("$").rstrip("."))
    answer = re.sub(r"^\\text\{([^{}]*)\}$", r"\1", answer)
    answer = re.sub(r"\\(?:left|right|!|,|;)|\\text\{[^{}]*\}|\^\{?\\circ\}?|\\\$", "", answer)
    answer = re.sub(
        r"\\frac([0-9])([0-9])(?![0-9])",
        r"\\frac{\1}{\2}",
        re.sub(r"\s+", "", answer).replace("−", "-").replace("{,}", ","),
    )
    return re.sub(r"^[a-zA-Z]=", "", answer)


def number(answer: str) -> Fraction | None:
    """The rational number that an answer is, None when it is something else."""
    if found := RATIO.fullmatch(answer):
        sign, top, bottom, above, below = found.groups()
        if int(bottom or below) == 0:
            return None
        return Fraction(int(top or above), int(bottom or below)) * (-1 if sign == "-" else 1)
    found = PLAIN.fullmatch(answer)
    if not found or not (found[2] or found[3]):
        return None
    return Fraction(found[1] + (found[2] or "0").replace(",", "") + (found[3] or ""))


def boxed_accuracy(completions, solution, **kwargs) -> list[float]:
    """1 when the last \\boxed{} is the solution: the same text after tidying up, or the same rational number."""
    rewards = []
    for completion, right in zip(completions, solution, strict=True):
        box = last_box(text_of(completion))
        answer, wanted = tidy(box or ""), tidy(right)
        equal = (
            bool(answer)
            and answer == wanted
            or (number(answer) is not None and number(answer) == number(wanted))
        )
        rewards.append(1.0 if equal else 0.0)
    return rewards
