"""Clinical coding: the ICD-10 codes of a discharge letter, separated by commas."""

import re

from rewardkit import case, order, reward


def codes_in(text: str) -> list[str]:
    """The codes of a list, in capitals and without dots: 'e11.9, I10' -> ['E119', 'I10']."""
    parts = re.split(r"[,;\s]+", text.upper().replace(".", ""))
    return [part for part in dict.fromkeys(parts) if part]


def fits(code: str, truth: str) -> bool:
    """Coders differ in depth: a category stands for its subcodes, a subcode for its category."""
    return truth.startswith(code) or code.startswith(truth)


@case("E11.9, I10", reference=["E11.9", "I10"], expect=1)
@case("e11.9; i10", reference=["E11.9", "I10"], expect=1)
@case("E11, I10", reference=["E11.9", "I10"], expect=1)
@case("J45.0", reference=["E11.9", "I10"], expect=0)
@case("", reference=["E11.9"], expect=0)
@order("J45.0", "E11.9", "E11.9, I10", reference=["E11.9", "I10"])
@reward(answer="list")
def icd_codes(completion: str, reference: list) -> float:
    """F1 of the codes given against the codes of the letter."""
    given = codes_in(completion)
    truths = [truth.upper().replace(".", "") for truth in reference]
    if not given:
        return 0.0
    precision = sum(any(fits(code, truth) for truth in truths) for code in given) / len(given)
    recall = sum(any(fits(code, truth) for code in given) for truth in truths) / len(truths)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
