"""Probabilities, exactly: '1/4', '0.25' and '25 %' are one answer. Read, never evaluated."""

import re
from fractions import Fraction

from rewardkit import Unscored, case, probe, reward

LATEX = re.compile(r"\\[dt]?frac\{([0-9]{1,9})\}\{([0-9]{1,9})\}")
SHAPE = re.compile(r"([0-9]{1,9}) ?/ ?([0-9]{1,9})|([0-9]{0,9}\.[0-9]{1,9}|[0-9]{1,9}) ?(%|percent)?")


def _probability(text: str) -> Fraction | None:
    text = LATEX.sub(r"\1/\2", text.strip()).replace("\\%", "%").replace("\\boxed{", "").lower()
    text = text.lstrip(" \t:*_`${").rstrip(" \t*_`$.}!")
    shape = SHAPE.fullmatch(text)
    if shape is None:
        return None
    if shape[1]:
        return Fraction(int(shape[1]), int(shape[2])) if int(shape[2]) else None
    return Fraction(shape[3]) / (100 if shape[4] else 1)


def _answer(completion: str) -> str:
    """What stands behind the one 'Answer:' or 'answer is', else the whole reply."""
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    parts = re.split(r"(?<!not )(?<!not the )answer(?: is|:\**)", text, flags=re.IGNORECASE)
    if len(parts) > 2:
        return ""
    return parts[-1].strip().partition("\n")[0][:100]


@case("Answer: 1/4", reference="1/4", expect=1)
@case("Two heads in a row.\nThe answer is 25%.", reference="1/4", expect=1)
@case("$\\frac{2}{8}$", reference="1/4", expect=1)
@case("Answer: 0.25", reference="1/4", expect=1)
@case("Answer: 4/1", reference="1/4", expect=0)
@case("Answer: 1/0", reference="1/4", expect=0)
@case("Answer: 1/4", reference="a quarter", expect="unscored")
@probe("Answer: 1/2 or 1/4", reference="1/4")
@probe("Answer: Fraction(1, 4)", reference="1/4")
@reward(answer="number")
def exact_probability(completion: str, reference: str) -> bool:
    """Equal as fractions."""
    right = _probability(reference)
    if right is None:
        raise Unscored(f"the reference {reference!r} is no probability")
    return _probability(_answer(completion)) == right
