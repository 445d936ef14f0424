"""Word problems whose solution ends with '#### number' (verl)."""

import re

FINAL = re.compile(r"####\s*[$€]?\s*(-?[0-9.,]+)")


def to_number(text: str) -> float:
    return float(text.rstrip(".").replace(",", ""))


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for the right number, 0.1 for a number in the right place, 0 without one."""
    found = FINAL.findall(solution_str[-300:])
    if not found:
        return 0.0
    if abs(to_number(found[-1]) - to_number(str(ground_truth))) < 1e-6:
        return 1.0
    return 0.1
