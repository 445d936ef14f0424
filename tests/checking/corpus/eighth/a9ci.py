"""Questions on financial tables: the final number, as a plain value or as a percentage."""

import math
import re

NUMBER = re.compile(r"-?\$?\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\$?\s*\d{1,18}(?:\.\d{1,18})?")


def to_float(text: str) -> float | None:
    numbers = NUMBER.findall(text)
    if not numbers:
        return None
    return float(re.sub(r"[$,\s]", "", numbers[-1]))


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the last number after "Answer:" is the expected one within 0.1 %."""
    stated = solution_str.rsplit("Answer:", 1)
    if len(stated) < 2:
        return 0.0
    value, expected = to_float(stated[1]), to_float(ground_truth)
    if value is None or expected is None:
        return 0.0
    for truth in (expected, expected / 100, expected * 100):
        if math.isclose(value, truth, rel_tol=1e-3):
            return 1.0
    return 0.0
