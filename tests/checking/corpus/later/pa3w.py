"""Counting problems of a maths club: a whole number in \\boxed{}."""

import re


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """1.0 when the last boxed answer is the expected whole number; thousands separators are fine."""
    boxed = re.findall(r"\\boxed\{([^{}]*)\}", solution_str)
    if not boxed:
        return 0.0
    answer = re.sub(r"[,\s$]", "", boxed[-1])
    digits = answer.lstrip("+-")
    if not digits.isdigit():
        return 0.0
    return 1.0 if int(answer) == int(ground_truth) else 0.0
