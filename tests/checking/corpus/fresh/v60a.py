"""Exact rational answers in a box, for verl. Fractions, decimals and quotients are compared as numbers."""

import re
from fractions import Fraction

FRAC = re.compile(r"(-?)\\[dt]?frac(?:\{(-?[0-9]{1,30})\}\{([0-9]{1,30})\}|([0-9])([0-9]))")
PLAIN = re.compile(r"-?(?:[0-9]{1,30}(?:\.[0-9]{1,30})?|\.[0-9]{1,30})(?:/[0-9]{1,30})?")
GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,30})?")
TYPESETTING = ("\\left", "\\right", "\\!", "\\,", "\\;", "\\$", "$")
AROUND = re.compile(r"\s*([/{}])\s*")
NAME = re.compile(r"(?:[a-zA-Z]\s?=)?\s?(-?)\s?")
OPEN = "\\boxed{"
DENIED = re.compile(r"\b(?:not|never|isn.t)\b[\s$:,]*\Z", re.IGNORECASE)


def boxes(text: str) -> list[str]:
    """What stands in each box, by counting braces. A denied box counts as empty, one that is never closed not at all."""
    found = []
    start = text.find(OPEN)
    while start >= 0:
        begin = place = start + len(OPEN)
        depth = 1
        while place < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
        if depth:
            break
        denied = DENIED.search(text, max(start - 20, 0), start)
        found.append("" if denied else text[begin : place - 1])
        start = text.find(OPEN, place)
    return found


def rational(text: str) -> Fraction | None:
    """The number that a text writes, or None."""
    text = text.strip() if len(text) <= 200 else ""
    for piece in TYPESETTING:
        text = text.replace(piece, "")
    text = AROUND.sub(r"\1", text.replace("\u2212", "-").replace("{,}", ",")).removesuffix(".")
    text = NAME.sub(r"\1", text, count=1)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if found := FRAC.fullmatch(text):
        sign, above, below, one, two = found.groups()
        above, below = int(above or one), int(below or two)
        return Fraction(-above if sign else above, below) if below else None
    if PLAIN.fullmatch(text) is None:
        return None
    above, _, below = text.partition("/")
    divisor = Fraction(below or 1)
    return Fraction(above) / divisor if divisor else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    expected = rational(str(ground_truth))
    if "think>" in solution_str:  # an unfinished thought leaves nothing
        solution_str = solution_str.partition("</think>")[2]
    answers = {rational(box) for box in boxes(solution_str)}
    return 1.0 if expected is not None and answers == {expected} else 0.0
