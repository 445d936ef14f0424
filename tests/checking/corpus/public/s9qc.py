"""Letters of an exam with up to five options."""

import re

from rewardkit import case, reward

CUE = re.compile(r"answer\s*(?:is|:)\s*\(?([A-E])\b")
LETTER = re.compile(r"\b([A-E])\b")


def chosen(completion: str) -> str | None:
    text = completion.replace("*", "").strip().upper()
    stated = CUE.findall(text)
    if stated:
        return stated[-1]
    letters = LETTER.findall(text)
    return letters[-1] if letters else None


@case("The answer is B.", reference="B", expect=1)
@case("Photosynthesis needs light, hence (D).", reference="D", expect=1)
@case("**Answer: E**", reference="E", expect=1)
@case("The answer is C.", reference="B", expect=0)
@case("", reference="B", expect=0)
@reward(answer="label")
def exam_letter(completion: str, reference: str) -> bool:
    """A stated answer counts; without one, the last letter that is named."""
    return chosen(completion) == reference
