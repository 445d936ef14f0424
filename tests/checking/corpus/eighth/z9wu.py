"""Open-domain questions with several accepted answers: exact match that leaves numbers as they are."""

import re
import unicodedata


def normalise(text: str) -> str:
    """Lower case, without a leading article, quotes and punctuation; a sign or decimal point of a number stays."""
    text = unicodedata.normalize("NFC", text).casefold().replace("−", "-")
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    text = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", text)
    text = re.sub(r"-(?!\d)|(?<=\w)-(?=\d)", " ", text)
    text = " ".join(re.sub(r"[^\w\s.%$€£°/#&+-]", " ", text).split()).replace(" %", "%")
    return re.sub(r"^(?:a|an|the) (?=.)", "", text)


def final_answer(text: str) -> str:
    end = text.rfind("</answer>")
    start = text.rfind("<answer>", 0, max(end, 0))
    if start >= 0:
        return text[start + len("<answer>") : end]
    return re.split(r"\banswer\s*(?:is\b|:)", text, flags=re.IGNORECASE)[-1]


def accepted_answer(completions, aliases, **kwargs) -> list[float]:
    """1 when the answer is one of the aliases, 0 otherwise."""
    rewards = []
    for completion, names in zip(completions, aliases):
        text = completion if isinstance(completion, str) else completion[-1]["content"] or ""
        given = normalise(final_answer(text))
        rewards.append(1.0 if given and given in {normalise(name) for name in names} else 0.0)
    return rewards
