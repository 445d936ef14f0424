"""verl reward for multiple choice questions with the letters A to E."""

import re

DECLARED = re.compile(
    r"(?i:\banswer(?: is\b|\*{0,2} ?:))[ :*\n]{0,6}(?i:the )?(?i:option |choice )?(?:\$?\\boxed\{|\\text\{)*[(\[*\"']*"
    r"(?:([A-E])(?![A-Za-z0-9'])|([a-e])(?=[)\]*\"'}$.]*\s*$))",
    re.MULTILINE,
)
BARE = re.compile(r"[(\[*\"']*(?:\$?\\boxed\{)?([A-Ea-e])[)\]*\"'}$.]*")
LED = re.compile(r"\(?([A-E])[).:]\s+\S[^\n]*")
SECOND = re.compile(
    r"[)\]*\"'}$.\s]*(?:or|and|/|,|&)\s*(?:(?i:option)\s+)?[(\[*\"']*[A-Ea-e](?![A-Za-z0-9'])"
)


def chosen(text: str) -> str | None:
    """The last letter that the reply declares as its answer, or the letter that the reply is; None when it hedges."""
    declared = list(DECLARED.finditer(text))
    if declared:
        last = declared[-1]
        if SECOND.match(text, last.end()):
            return None
        return (last[1] or last[2]).upper()
    found = BARE.fullmatch(text.strip()) or LED.fullmatch(text.strip())
    return found[1].upper() if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for the right letter: `Answer: C`, `The answer is (C).`, `C` or `C) Canberra`."""
    return 1.0 if chosen(solution_str) == ground_truth.strip().upper() else 0.0
