"""Competition mathematics for verl. The ground truth is the worked solution of the data set, with its answer in a box."""

import re

BOXED = re.compile(r"\\boxed\{([^}]{0,200})\}")
DROP = ("\\left", "\\right", "\\!", "\\,", "\\;", "$", " ", "\n")


def extract_answer(text: str) -> str | None:
    """The last boxed answer, stripped of what is only typesetting."""
    boxes = BOXED.findall(text)
    if not boxes:
        return None
    answer = boxes[-1].replace("dfrac", "frac").replace("tfrac", "frac")
    for piece in DROP:
        answer = answer.replace(piece, "")
    return answer.rstrip(".") or None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    expected = extract_answer(ground_truth)
    answer = extract_answer(solution_str)
    return float(expected is not None and answer == expected)
