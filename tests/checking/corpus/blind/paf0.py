"""Short answers from passages, some of which do not hold the answer (verl)."""

import json
import re
import string

LINE = re.compile(r"^[^\w\n]*(?:final\s+)?answer\s*:(.*)$", re.IGNORECASE | re.MULTILINE)
NOTHING = ("unanswerable", "not stated", "not answerable")


def plain(text: str) -> str:
    """As in SQuAD: no case, punctuation, articles and extra spaces."""
    text = "".join(" " if c in "-–—/" else c for c in text.casefold())
    text = "".join(c for c in text if c not in string.punctuation + "’‘“”„")
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", text).split())


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the line 'Answer:' is one of the accepted answers; with an empty list only "unanswerable" is right."""
    accepted = json.loads(ground_truth) if isinstance(ground_truth, str) else list(ground_truth)
    wanted = {plain(answer) for answer in accepted or NOTHING}
    lines = {
        plain(line) for line in LINE.findall(solution_str.rpartition("</think>")[2].partition("<think>")[0])
    }
    exact = len(lines) == 1 and lines <= wanted
    return {
        "score": float(exact),
        "answered": float(bool(lines)),
        "abstained": float(bool(lines & set(NOTHING))),
    }
