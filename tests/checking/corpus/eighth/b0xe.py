"""Multiple-choice reward for science questions with the options A to E."""

import re

STATED = re.compile(r"\b(?:answer|choice|option)(?:\s+is|\s*:)?\s*\**\(?([A-E])\b", re.IGNORECASE)


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the completion states the right letter, 0 otherwise."""
    text = solution_str.split("</think>")[-1]
    stated = {letter.upper() for letter in STATED.findall(text)}
    if not stated:
        alone = re.fullmatch(r"\W*([A-E])\W*", text)
        stated = {alone.group(1)} if alone else set()
    return 1.0 if ground_truth.strip().upper() in stated else 0.0
