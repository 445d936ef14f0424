"""Multiple-choice reward: the letter on the last line, after the thinking."""

import re

LINE = re.compile(
    r"(?:\W{0,5}(?:so|therefore|thus|hence)\b)?\W{0,5}(?:the\s+)?(?:final\s+|correct\s+|right\s+|best\s+)?(?:(?:answer|choice|option)(?:\s+is)?)?"
    r"(?:\W{0,9}\\boxed\{)?\W{0,9}([A-E])\W{0,9}",
    re.IGNORECASE,
)


def last_line(text: str) -> str:
    if text.count("<think>") > text.count("</think>"):
        return ""
    lines = [line.strip() for line in text.rsplit("</think>", 1)[-1].splitlines() if line.strip()]
    return lines[-1] if lines else ""


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the last line names the right option and nothing else."""
    line = last_line(solution_str)
    stated = LINE.fullmatch(line)
    return 1.0 if stated and stated.group(1).upper() == ground_truth else 0.0
