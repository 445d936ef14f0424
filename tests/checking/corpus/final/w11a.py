"""Citations in answers from search results, for GRPO: [2], [1, 3] or [1-3]. What the answer says is judged elsewhere."""

import re

MARK = re.compile(r"\[([0-9]{1,2}(?:\s*[,;–-]\s*[0-9]{1,2})*)\]")


def cited(text: str) -> set[int]:
    """The numbers of all cited sources, ranges written out."""
    numbers: set[int] = set()
    for mark in MARK.findall(text):
        for part in re.split(r"[,;]", mark):
            ends = [int(number) for number in re.findall(r"[0-9]+", part)]
            numbers.update(range(ends[0], ends[-1] + 1), ends)
    return numbers


def citations(completions: list[str], sources: list[list[int]], **kwargs: object) -> list[float]:
    """F1 of the cited sources and those that hold the answer; 0 for marks without at least three words of text."""
    rewards = []
    for completion, wanted in zip(completions, sources, strict=True):
        given = cited(completion)
        written = re.findall(r"[^\W\d_]{2,}", MARK.sub(" ", completion))
        hits = len(given & set(wanted))
        rewards.append(2 * hits / (len(given) + len(set(wanted))) if hits and len(written) >= 3 else 0.0)
    return rewards
