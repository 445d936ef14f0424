"""verl reward for instruction following: every constraint of the prompt can be checked by a program."""

import json
import re


def holds(text: str, words: list[str], rule: dict) -> bool:
    kind = rule["kind"]
    if kind == "min_words":
        return len(words) >= rule["n"]
    if kind == "max_words":
        return len(words) <= rule["n"]
    if kind == "keyword":
        return rule["word"].lower() in words
    if kind == "forbidden":
        return rule["word"].lower() not in words
    if kind == "all_lowercase":
        return text == text.lower()
    if kind == "no_commas":
        return "," not in text
    if kind == "ends_with":
        return text.endswith(rule["text"].lower())
    raise ValueError(f"unknown kind of constraint: {kind}")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when all constraints hold, 0.0 otherwise. Words are compared without regard to case."""
    text = solution_str.strip().lower()
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)*", text)
    rules = json.loads(ground_truth)
    return 1.0 if all(holds(text, words, rule) for rule in rules) else 0.0
