"""Geometry reward: the point in the last box, with exact coordinates, against the reference point."""

import re
from fractions import Fraction

FRACTION = r"\\[dt]?frac(?:\{([-−]?\d{1,30})\}\{(\d{1,30})\}|(\d)(\d))"
COORDINATE = re.compile(
    rf"([-−+]?)(?:{FRACTION}|(\d{{1,30}}(?:\.\d{{1,30}})?|\.\d{{1,30}})(?:/(\d{{1,30}}))?)"
)


def last_box(text: str) -> str | None:
    """What stands between the braces of the last box; the whole text when there is no box."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return text
    depth, begin = 0, start + len("\\boxed")
    for place in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[begin + 1 : place]
    return None


def coordinate(text: str) -> Fraction | None:
    match = COORDINATE.fullmatch(text)
    if match is None:
        return None
    sign, top, bottom, digit, below_digit, plain, under = match.groups()
    above, below = (top or digit or plain).replace("−", "-"), int(bottom or below_digit or under or 1)
    if below == 0:
        return None
    value = Fraction(above) / below
    return -value if sign in ("-", "−") else value


def point(text: str | None) -> tuple[Fraction, ...] | None:
    """The coordinates of `(x, y)`; None when the text is no point."""
    if text is None or len(text) > 500:
        return None
    bare = re.sub(r"\\left|\\right|\\[,;! ]|[\s$]", "", text).rstrip(".")
    bare = re.sub(r"^(?:\(x,y(?:,z)?\)|[A-Za-z]{1,2})=?(?=\()", "", bare)
    if not (bare.startswith("(") and bare.endswith(")")):
        return None
    values = [coordinate(part) for part in bare[1:-1].split(",")]
    return None if None in values else tuple(values)


def boxed_point(completions, answer, **kwargs) -> list[float]:
    """1 when both points have the same coordinates, 0 otherwise."""
    rewards = []
    for completion, truth in zip(completions, answer):
        given = point(last_box(completion))
        rewards.append(1.0 if given is not None and given == point(truth) else 0.0)
    return rewards
