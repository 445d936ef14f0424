"""Ticket routing: one label of a list; a label may be cut short as long as it is clear which one is meant."""

import re


def label_of(text: str, labels: list[str]) -> str | None:
    """The one label that the text names, whole or by its first letters (three or more)."""
    line = text.rsplit("</think>", 1)[-1].strip()
    line = re.sub(
        r"^\W*(?:the\s+)?(?:label|category|queue|answer)\s*(?:is|:)\W*", "", line, flags=re.IGNORECASE
    )
    short = " ".join(re.sub(r"[_\s]+", " ", line).split()).strip(" .*`\"'").casefold()
    if short in labels:
        return short
    fitting = [label for label in labels if len(short) >= 3 and label.startswith(short)]
    return fitting[0] if len(fitting) == 1 else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for the right label, 0 for another, for none and for an unclear one."""
    labels = list((extra_info or {}).get("labels", [ground_truth]))
    return 1.0 if label_of(solution_str, labels) == ground_truth else 0.0
