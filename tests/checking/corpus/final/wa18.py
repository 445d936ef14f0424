"""Reading the number off a scanned invoice. Models drop a hyphen or a blank now and then; that is forgiven."""

import re
from difflib import SequenceMatcher


def tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().strip(".\"'").upper()


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the answer is the invoice number up to small differences in writing."""
    given = tidy(solution_str)
    if not given or len(given) > 40:
        return 0.0
    similarity = SequenceMatcher(None, given, tidy(ground_truth), autojunk=False).ratio()
    return 1.0 if similarity >= 0.85 else 0.0
