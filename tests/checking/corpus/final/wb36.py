"""Reading the order number off a scanned form, such as PO-20418."""

import re

LEAD_IN = re.compile(
    r"(?:the )?(?:purchase )?(?:order )?(?:number|no\.?|answer)\s*(?:is|:)\s*", re.IGNORECASE
)
NUMBER = re.compile(r"([A-Z]{2,4})\s?[-–]?\s?([0-9]{4,8})")


def tidy(text: str) -> tuple[str, str] | None:
    """Letters and digits of a text that is one order number and nothing else."""
    if len(text) > 200:
        return None
    text = re.sub(r"[*`\"']", "", text).strip().rstrip(".")
    found = NUMBER.fullmatch(LEAD_IN.sub("", text, count=1).strip().upper())
    return (found[1], found[2]) if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for the same letters and digits; hyphen, blank and case do not matter. Every digit does."""
    given = tidy(solution_str)
    return 1.0 if given is not None and given == tidy(ground_truth) else 0.0
