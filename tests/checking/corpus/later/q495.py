"""Short answers from a passage, several of them accepted, with some credit for overlapping words."""

import re
from collections import Counter

LABEL = re.compile(r"(?i)\banswer\s*(?:is\b|:)")


def words(text: str) -> list[str]:
    found = re.findall(r"[^\W_]+(?:[.,][0-9]+)*", text.casefold())
    return [word for word in found if word not in ("a", "an", "the")]


def overlap(got: list[str], wanted: list[str]) -> float:
    """F1 of the two bags of words."""
    common = sum((Counter(got) & Counter(wanted)).values())
    return 2 * common / (len(got) + len(wanted)) if common else 0.0


def short_answer(text: str) -> str:
    """What follows the last `Answer:`, or the whole reply."""
    ends = [match.end() for match in LABEL.finditer(text)]
    return text[ends[-1] :] if ends else text


def passage_answer(completions, answers, **kwargs) -> list[float]:
    """1 for the words of an accepted answer in their order; otherwise half of the best F1, so at most one half."""
    rewards = []
    for completion, accepted in zip(completions, answers, strict=True):
        got = words(short_answer(completion if isinstance(completion, str) else completion[-1]["content"]))
        golds = [words(answer) for answer in accepted]
        rewards.append(
            1.0 if got in golds else 0.5 * max((overlap(got, gold) for gold in golds), default=0.0)
        )
    return rewards
