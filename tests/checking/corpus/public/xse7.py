"""Prices and amounts at the end of a solution: "#### 18.50"."""

import re

FINAL = re.compile(r"#### ?\$?(-?[0-9.,]*[0-9])")
TAIL = 300


def extract(solution: str) -> str | None:
    found = FINAL.findall(solution[-TAIL:])
    return found[-1].replace(",", "") if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for the expected amount."""
    answer = extract(solution_str)
    if answer is None:
        return 0.0
    return 1.0 if answer == ground_truth else 0.0
