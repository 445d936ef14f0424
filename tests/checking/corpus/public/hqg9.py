"""Open questions: one of the listed answers, inside answer tags, up to case, articles and outer punctuation."""

import re
import unicodedata


def tidy(text: str) -> str:
    """Signs that carry meaning stay: C++ and C, -5 and 5, 1.5 and 15 are different answers."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-").replace("\u2019", "'")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    words = [word.strip("\"'`*_.,;:!?()[]") for word in text.split()]
    words = [word for word in words if word]
    return " ".join([word for word in words if word not in ("a", "an", "the")] or words)


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for an answer that is listed, else 0.0."""
    _, opened, rest = solution_str.rpartition("<answer>")
    inside, closed, _ = rest.partition("</answer>")
    answer = tidy(inside) if opened and closed else ""
    return 1.0 if answer and answer in {tidy(target) for target in ground_truth["target"]} else 0.0
