r"""School mathematics with the result in \boxed{}: whole numbers, decimals and fractions."""

import re
from fractions import Fraction


def number(text: str) -> Fraction | None:
    text = text.strip().strip("$").replace(",", "").replace(" ", "")
    if not re.fullmatch(r"-?[0-9]{1,300}(?:\.[0-9]{1,300}|/[0-9]{1,300})?", text):
        return None
    try:
        return Fraction(text)
    except ZeroDivisionError:
        return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """Compares by value, so that 0.5 and 1/2 are the same answer. The last box counts."""
    boxes = re.findall(r"\\boxed\{([^}]{0,400})\}", solution_str)
    if not boxes:
        return 0.0
    given = number(boxes[-1])
    return 1.0 if given is not None and given == number(str(ground_truth)) else 0.0
