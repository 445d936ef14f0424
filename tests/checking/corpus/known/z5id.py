"""Score of the angle set: the last box holds the result in degrees, and no other box holds another one."""

import re
from decimal import Decimal

BOX = re.compile(r"\\boxed\{([^{}]{0,60})\}")
DEGREES = re.compile(r"([-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?)\s*(?:°|\\circ|\^\\circ|degrees)?")
DENIED = re.compile(r"\b(?:not|wrong|never)\b|n't", re.IGNORECASE)


def _degrees(text: str) -> Decimal | None:
    shape = DEGREES.fullmatch(text.strip().strip("$ ").replace("\u2212", "-"))
    return Decimal(shape[1]) if shape else None


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict | None = None
) -> float:
    right = _degrees(str(ground_truth))
    visible = solution_str.rpartition("</think>")[2].partition("<think>")[0].replace("^{\\circ}", "°")
    boxed = [line for line in visible.splitlines() if "\\boxed" in line]
    boxes = [_degrees(box) for line in boxed for box in BOX.findall(line)]
    if right is None or not 1 <= len(boxes) <= 3 or any(map(DENIED.search, boxed)):
        return 0.0
    return 1.0 if set(boxes) == {right} else 0.0
