"""verl reward for worked physics problems: numbered steps, then the boxed result."""

import re

STEP = re.compile(r"<step>(.*?)</step>", re.DOTALL)
BOX = re.compile(r"\\boxed\{([^{}]*)\}")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace("$", "").strip())
    except ValueError:
        return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """0.8 for the right result, and 0.1 for each step that is set out, so that the model shows its work."""
    score = 0.1 * len(STEP.findall(solution_str))
    boxes = BOX.findall(solution_str)
    if len(boxes) == 1:
        given, wanted = _number(boxes[0]), _number(str(ground_truth))
        if given is not None and wanted is not None and abs(given - wanted) <= 1e-3 * abs(wanted):
            score += 0.8
    return score
