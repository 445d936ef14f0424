"""Trivia with a stated confidence; the Brier score keeps the model honest."""

import re


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """`Answer: ...` and `Confidence: ...` (0 to 1). The score is 1 minus the squared error of the confidence."""
    answer = re.findall(r"^Answer:\s*(.+?)\s*$", solution_str, re.MULTILINE)
    confidence = re.findall(r"^Confidence:\s*([01](?:\.[0-9]+)?)\s*$", solution_str, re.MULTILINE)
    if not answer or not confidence:
        return 0.0
    right = answer[-1].rstrip(".").casefold() == str(ground_truth).casefold()
    stated = min(float(confidence[-1]), 1.0)
    return 1.0 - (stated - float(right)) ** 2
