"""verl reward for the bookkeeping questions (trial balance -> net result of the period)."""

import re

FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


def _last_figure(text: str) -> float | None:
    figures = FIGURE.findall(text)
    return float(figures[-1].replace(",", "")) if figures else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the figure after 'Net result:' is the expected one to the cent."""
    _, marker, tail = solution_str.rpartition("Net result:")
    if not marker:
        return 0.0
    line = tail.strip().split("\n", 1)[0]
    if len(FIGURE.findall(line)) != 1:
        return 0.0
    answer = _last_figure(line)
    expected = _last_figure(str(ground_truth))
    if answer is None or expected is None:
        return 0.0
    return 1.0 if abs(answer - expected) < 0.005 else 0.0
