"""Questions on numbered passages: a short answer with citations, as in "Answer: Lisbon [2][4]"."""

import re
import unicodedata

MARK = re.compile(r"\[\s*(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\s*\]")


def normalise(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = " ".join(text.split()).strip(" .,:;!\"'*`")
    return re.sub(r"^(?:the|a|an) ", "", text)


def cited_in(text: str) -> set[int]:
    return {int(number) for group in MARK.findall(text) for number in re.split(r"\s*[,;]\s*", group)}


def answer_part(text: str) -> str:
    return re.split(r"answer\s*(?:is\b|:)", text, flags=re.IGNORECASE)[-1]


def cited_answer(completions, accepted, passages, **kwargs) -> list[float]:
    """0 for a wrong answer; a right one earns 0.4, and 0.6 times the F1 of its citations."""
    rewards = []
    for completion, answers, expected in zip(completions, accepted, passages):
        part = answer_part(completion)
        if normalise(MARK.sub(" ", part)) not in {normalise(answer) for answer in answers}:
            rewards.append(0.0)
            continue
        cited, needed = cited_in(part), set(expected)
        f1 = 2 * len(cited & needed) / (len(cited) + len(needed))
        rewards.append(1.0 if cited == needed else 0.4 + 0.6 * f1)
    return rewards
