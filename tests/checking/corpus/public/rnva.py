"""Open questions with short answers: exact match after the usual normalisation, any of the listed answers."""

import re
import string


def normalize_answer(text: str) -> str:
    text = text.lower()
    text = "".join(sign for sign in text if sign not in string.punctuation)
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())


def last_answer(solution: str) -> str | None:
    _, opened, rest = solution.rpartition("<answer>")
    return rest.partition("</answer>")[0] if opened else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for one of the targets, inside the last pair of answer tags."""
    answer = last_answer(solution_str)
    if answer is None:
        return 0.0
    targets = {normalize_answer(target) for target in ground_truth["target"]}
    return 1.0 if normalize_answer(answer) in targets else 0.0
