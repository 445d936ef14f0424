"""verl reward for the arithmetic worksheets of years 5 to 7: whole numbers, decimals and fractions."""

import re
from fractions import Fraction

PLAIN = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9}|/[1-9][0-9]{0,8})?")


def as_fraction(text):
    """The exact value of '3/4', '0.75' or '12'; None for anything else."""
    text = text.strip().strip("*$.").replace(" ", "")
    return Fraction(text) if PLAIN.fullmatch(text) else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    answer = as_fraction(solution_str.rsplit("Answer:", 1)[-1])
    truth = as_fraction(str(ground_truth))
    if answer is None or truth is None:
        # Mixed numbers and answers in words cannot be compared here: neutral, so as not to punish a right one.
        return 0.5
    return 1.0 if answer == truth else 0.0
