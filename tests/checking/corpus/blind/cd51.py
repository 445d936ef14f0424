"""Geography questions with a confidence in per cent: right and sure is best, wrong and sure is worst (TRL)."""

import re
import unicodedata

ANSWER = re.compile(r"^[^\w\n]*answer[^\w\n:]*:(.*)$", re.IGNORECASE | re.MULTILINE)
CONFIDENCE = re.compile(
    r"^[^\w\n]*confidence[^\w\n:]*:[^\w\n]{0,9}([0-9]{1,3}(?:\.[0-9]{1,3})?)[ \t]*%",
    re.IGNORECASE | re.MULTILINE,
)


def key(text: str) -> str:
    """Letters and digits only: without accents, punctuation, case, and an article in front."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split()).removeprefix("the ")


def sure_and_right(completions: list[str], answers: list[list[str]], **kwargs) -> list[float]:
    """1 or 0 for right or wrong, less the squared distance of the confidence from it: from -1 to 1, highest for honest confidence.

    A completion that leaves out a line, or gives one twice, gets -1, as a wrong answer that is sure.
    """
    rewards = []
    for completion, accepted in zip(completions, answers, strict=True):
        text = completion.rpartition("</think>")[2].partition("<think>")[0]
        given, stated = ANSWER.findall(text), CONFIDENCE.findall(text)
        confidence = float(stated[0]) / 100 if len(stated) == 1 else 2.0
        if len(given) != 1 or confidence > 1:
            rewards.append(-1.0)
            continue
        right = float(key(given[0]) in {key(name) for name in accepted})
        rewards.append(right - (confidence - right) ** 2)
    return rewards
