"""Sums and products of fractions, the result in \\boxed{} (verl)."""

import re
from fractions import Fraction

INTEGER = r"[0-9]{1,15}"
FRAC = re.compile(rf"({INTEGER})?\\[dt]?frac(?:\{{(-?{INTEGER})\}}\{{({INTEGER})\}}|([0-9])([0-9]))")
SLASH = re.compile(rf"(?:({INTEGER})\s+)?({INTEGER})\s?[/⁄]\s?({INTEGER})")
DECIMAL = re.compile(rf"{INTEGER}(?:\.{INTEGER})?|\.{INTEGER}")


def boxes(text: str) -> list[str]:
    """What each \\boxed{...} holds, up to 200 characters, braces inside it included."""
    found = []
    for part in text.split("\\boxed{")[1:]:
        depth = 1
        for place, character in enumerate(part[:200]):
            depth += {"{": 1, "}": -1}.get(character, 0)
            if depth == 0:
                found.append(part[:place])
                break
    return found


def number(text: str) -> Fraction | None:
    """A whole number, decimal, fraction or mixed number; None for anything else, such as a sum that is still to be done."""
    text = re.sub(r"\\[,!;: ]|[$]|\\text\{[^{}]*\}", "", text).replace("−", "-").strip()
    text = re.sub(r"^[a-z]\s*=\s*", "", text)
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-").strip()
    try:
        if match := FRAC.fullmatch(text.replace(" ", "")):
            whole, *halves = match.groups()
            top, bottom = [half for half in halves if half]
        elif match := SLASH.fullmatch(text):
            whole, top, bottom = match.groups()
        else:
            return sign * Fraction(text) if DECIMAL.fullmatch(text) else None
        return sign * (int(whole or 0) + Fraction(int(top), int(bottom)))
    except ZeroDivisionError:
        return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when all boxes hold one number and it is the right one, in lowest terms or not."""
    values = {number(box) for box in boxes(solution_str.rpartition("</think>")[2].partition("<think>")[0])}
    return float(None not in values and values == {Fraction(str(ground_truth))})
