"""School algebra: a rational number in \\boxed{}, as a whole number, a fraction or a decimal."""

import re
from fractions import Fraction

DECIMAL = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
SLASHED = re.compile(rf"([-+]?)(?:({DECIMAL})(?:/({DECIMAL}))?)")
FRACTION = re.compile(r"([-+]?)\\[dt]?frac(?:\{(-?[0-9]+)\}|([0-9]))(?:\{([0-9]+)\}|([0-9]))")


def boxes(text: str) -> list[str]:
    """What stands in every \\boxed{...}, braces within it included."""
    found = []
    for match in re.finditer(r"\\boxed\s*\{", text):
        depth, at = 1, match.end()
        while at < len(text) and depth and at - match.end() < 200:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        if depth == 0:
            found.append(text[match.end() : at - 1])
    return found


def value_of(text: str) -> Fraction | None:
    text = re.sub(
        r"\\text\{[^{}]*\}|\\[!,; ]|[\s$*]|\\left|\\right", "", text.replace("−", "-").replace("{,}", ",")
    )
    text = re.sub(r"^[a-zA-Z]=", "", text).rstrip(".")
    if len(text) > 500:
        return None
    if match := FRACTION.fullmatch(text):
        sign, top, top_digit, bottom, bottom_digit = match.groups()
        above, below = Fraction(top or top_digit), Fraction(bottom or bottom_digit)
    elif match := SLASHED.fullmatch(text):
        sign, first, second = match.groups()
        above, below = Fraction(first.replace(",", "")), Fraction((second or "1").replace(",", ""))
    else:
        return None
    if not below:
        return None
    return -above / below if sign == "-" else above / below


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """1.0 when the last box (or, without one, the last line) is exactly the expected number."""
    found = boxes(solution_str)
    lines = solution_str.strip().splitlines() or [""]
    said = found[-1] if found else re.sub(r"(?i)^\W*(?:final )?answer\s*(?:is|:|=)*", "", lines[-1])
    value = value_of(said)
    return 1.0 if value is not None and value == value_of(str(ground_truth)) else 0.0
