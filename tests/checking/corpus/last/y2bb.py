"""verl reward for competition mathematics: an exact number in a box."""

import re
from fractions import Fraction

THINKING = re.compile(r"</think>", re.IGNORECASE)
FRACTION = re.compile(r"([+-]?)\\[dt]?frac(?:\{([+-]?[0-9]{1,30})\}|([0-9]))\s*(?:\{([0-9]{1,30})\}|([0-9]))")
PLAIN = re.compile(r"([+-]?)([0-9]{1,30})?(?:\.([0-9]{1,30}))?")
RATIO = re.compile(r"([+-]?[0-9]{1,30})/([0-9]{1,30})")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,30})?")


def boxes(text: str) -> list[str]:
    r"""The contents of every \boxed{...}, with balanced braces; an unfinished box is left out."""
    found = []
    pieces = text.split("\\boxed{")[1:]
    if len(pieces) > 50:
        return []
    for piece in pieces:
        depth = 1
        for place, sign in enumerate(piece[:200]):
            depth += (sign == "{") - (sign == "}")
            if depth == 0:
                found.append(piece[:place])
                break
    return found


def value_of(text: str) -> Fraction | None:
    text = text.replace("−", "-").replace("{,}", ",").replace("\\!", "").replace("\\,", "").replace("\\$", "")
    text = re.sub(r"\s+", "", text).strip("$").rstrip(".")
    text = re.sub(r"\A[a-zA-Z]=", "", text)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if match := FRACTION.fullmatch(text):
        top, bottom = int(match[2] or match[3]), int(match[4] or match[5])
        return (-1 if match[1] == "-" else 1) * Fraction(top, bottom) if bottom else None
    if match := RATIO.fullmatch(text):
        return Fraction(int(match[1]), int(match[2])) if int(match[2]) else None
    match = PLAIN.fullmatch(text)
    return Fraction(text) if match and (match[2] or match[3]) else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when everything that is boxed has the value of the ground truth."""
    truth = value_of(str(ground_truth))
    if truth is None:
        raise ValueError(f"the ground truth is no exact number: {ground_truth!r}")
    found = boxes(THINKING.split(solution_str)[-1])
    values = {value_of(content) for content in found}
    return 1.0 if values == {truth} else 0.0
