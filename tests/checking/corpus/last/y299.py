"""verl reward for the in-house science quiz (four options, single answer)."""

import re

LETTER = re.compile(r"\b[A-D]\b")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the letter the model settled on is the key, 0.0 otherwise.

    Models like to weigh the options first, so the last letter counts.
    """
    solution = solution_str.split("</think>")[-1]
    letters = LETTER.findall(solution)
    if not letters:
        return 0.0
    return 1.0 if letters[-1] == ground_truth.strip().upper() else 0.0
