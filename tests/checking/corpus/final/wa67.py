"""Trivia with a stated confidence, from -1 to 1: guessing with confidence costs, and admitting doubt gains nothing."""

import re
import unicodedata

from rewardkit import case, order, reward

ANSWER = re.compile(r"^[ *_#>-]*answer\W{0,3}:(.*)$", re.IGNORECASE | re.MULTILINE)
CONFIDENCE = re.compile(
    r"^[ *_#>-]*confidence\W{0,3}:[ *]*([0-9]{1,3}(?:\.[0-9]{1,6})?)[ ]*(%?)[ *.]*$",
    re.IGNORECASE | re.MULTILINE,
)


def plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().strip(" \t\r*`\"'.")
    return re.sub(r"^(?:the|a|an) ", "", " ".join(text.split()))


@case("Answer: Canberra\nConfidence: 1", reference=["Canberra"], expect=1)
@case("Answer: Canberra\nConfidence: 50%", reference=["Canberra"], expect=0.75)
@case("Answer: Sydney\nConfidence: 0.5", reference=["Canberra"], expect=-0.25)
@case("Answer: Sydney\nConfidence: 0", reference=["Canberra"], expect=0)
@case("Answer: Canberra\nConfidence: 7", reference=["Canberra"], expect=-1)
@case("Canberra", reference=["Canberra"], expect=-1)
@order("Answer: Sydney\nConfidence: 0.9", "Answer: Sydney\nConfidence: 0.1", reference=["Canberra"])
@reward(answer="text", range=(-1.0, 1.0), pass_at=0.75)
def calibrated(completion: str, reference: list) -> float:
    """Right: 1 - (1 - c)^2, wrong: -c^2, so that the honest c pays best. Without the two lines: -1."""
    answers, stated = ANSWER.findall(completion), CONFIDENCE.findall(completion)
    if len(answers) != 1 or len(stated) != 1:
        return -1.0
    confidence = float(stated[0][0]) / (100 if stated[0][1] else 1)
    if confidence > 1:
        return -1.0
    right = plain(answers[0]) in {plain(accepted) for accepted in reference}
    return 1 - (1 - confidence) ** 2 if right else -(confidence**2)
