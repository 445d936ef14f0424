"""Board exam questions with a stated confidence. A wrong answer never earns anything, however humble it is."""

import re

from rewardkit import case, order, probe, reward


@case("Answer: C\nConfidence: 100%", reference="C", expect=1)
@case("Answer: (c)\nConfidence: 0.8", reference="C", expect=0.96)
@case("**Answer:** C.\n**Confidence:** 80 %", reference="C", expect=0.96)
@case("Answer: B\nConfidence: 80%", reference="C", expect=-0.64)
@case("Answer: B\nConfidence: 0", reference="C", expect=0)
@case("Answer: C", reference="C", expect=-1)
@case("Answer: C\nConfidence: 120%", reference="C", expect=-1)
@order(
    "Answer: B\nConfidence: 90%",
    "Answer: B\nConfidence: 20%",
    "Answer: C\nConfidence: 20%",
    "Answer: C\nConfidence: 90%",
    reference="C",
)
@probe("Answer: C or B\nConfidence: 100%", ceiling=-1, reference="C")
@probe("Answer: B\nAnswer: C\nConfidence: 100%", ceiling=-1, reference="C")
@reward(answer="label", range=(-1.0, 1.0), pass_at=0.25, partial_cap=0.0, format_strict=True)
def exam_confidence(completion: str, reference: str) -> float:
    """Right: 1 - (1 - c)^2. Wrong: -c^2. No usable answer: -1. What pays best is to state the true chance of being right."""
    text = re.sub(r"[*_`]", "", completion)
    answers = re.findall(r"(?im)^[^\S\n]*answer\s*:(.*)$", text)
    stated = re.findall(r"(?im)^[^\S\n]*confidence\s*:(.*)$", text)
    if len(answers) != 1 or len(stated) != 1:
        return -1.0
    letter = re.fullmatch(r"\s*\(?([A-Ea-e])\)?\s*\.?\s*", answers[0])
    number = re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(%?)\s*\.?\s*", stated[0])
    if not letter or not number:
        return -1.0
    confidence = float(number.group(1)) / (100 if number.group(2) else 1)
    if confidence > 1:
        return -1.0
    if letter.group(1).upper() == reference.strip().upper():
        return 1 - (1 - confidence) ** 2
    return -(confidence**2)
