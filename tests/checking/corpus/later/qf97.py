"""verl reward for multiple choice questions."""

import re


def extract_choice(text: str) -> str | None:
    """The letter that follows the last `answer is`, or the first one of a reply without it."""
    tail = text.lower().split("answer is")[-1]
    found = re.search(r"[A-D]", tail.upper())
    return found.group() if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    choice = extract_choice(solution_str)
    return 1.0 if choice == ground_truth.strip().upper() else 0.0
