"""Wording constraints after IFEval: the ground truth is a JSON list of them, all of which have to hold."""

import json
import re

COUNTED = {
    "capital_words": lambda text, item: len(re.findall(r"\b[A-Z]{2,}\b", text)),
    "placeholders": lambda text, item: len(re.findall(r"\[[^\[\]]{1,80}\]", text)),
    "letter": lambda text, item: text.lower().count(item["letter"]),
    "words": lambda text, item: len(text.split()),
    "keyword": lambda text, item: len(re.findall(rf"\b{re.escape(item['keyword'])}\b", text, re.IGNORECASE)),
}


def holds(text: str, item: dict) -> bool:
    """One constraint: a kind, a relation and a number, which may be 0."""
    count, number = COUNTED[item["kind"]](text, item), item["number"]
    if item["relation"] == "at least":
        return count >= number
    if item["relation"] == "at most":
        return count <= number
    if item["relation"] == "exactly":
        return count == number
    raise ValueError(f"unknown relation {item['relation']!r}")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when every constraint holds, else half of the share that does."""
    text = solution_str.rpartition("</think>")[2].strip()
    items = json.loads(ground_truth)
    kept = [holds(text, item) for item in items] if text else [False]
    return 1.0 if all(kept) else 0.5 * sum(kept) / len(items)
