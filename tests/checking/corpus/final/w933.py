r"""School mathematics with the result in \boxed{}: whole numbers, decimals and fractions, also in LaTeX."""

import re
from fractions import Fraction

FRACTION = re.compile(r"(-?)\\[dt]?frac(?:\{(-?[0-9]{1,300})\}\{(-?[0-9]{1,300})\}|([0-9])([0-9]))")
PLAIN = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{1,300})?|\.[0-9]{1,300}|[0-9]{1,300}/[0-9]{1,300})")


def last_box(text: str) -> str | None:
    r"""What stands in the last \boxed{...}, braces balanced."""
    start = text.rfind("\\boxed{")
    depth = 0
    for place in range(start + 6, len(text)) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 7 : place]
    return None


def number(text: str) -> Fraction | None:
    text = re.sub(r"\\[,;! ]|\\left|\\right|[\s$]", "", text)
    text = re.sub(r"^[a-z]=", "", text.replace("−", "-"))
    text = re.sub(r"^\((.*)\)$", r"\1", text)
    if re.fullmatch(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,300})?", text):
        text = text.replace(",", "")
    try:
        if latex := FRACTION.fullmatch(text):
            value = Fraction(int(latex[2] or latex[4]), int(latex[3] or latex[5]))
            return -value if latex[1] else value
        return Fraction(text) if PLAIN.fullmatch(text) else None
    except ZeroDivisionError:
        return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the last box holds the value of the ground truth, however it is written."""
    box = last_box(solution_str)
    given = number(box) if box is not None else None
    return 1.0 if given is not None and given == number(str(ground_truth)) else 0.0
