"""Which of the options A to F hold? Several may, or none: 'Answer: B, D' or 'Answer: none'."""

import re

from rewardkit import Unscored, case, order, probe, reward

OPTIONS = "ABCDEF"
MARKER = re.compile(r"^[ \t>*_#-]*answer[*_]*[ \t]?:", re.IGNORECASE | re.MULTILINE)
OPTION = re.compile(r"\b[A-F]\b")
SEPARATOR = re.compile(r"\s*(?:,|;|/|&|\band\b|\s)\s*(?:\band\b)?\s*", re.IGNORECASE)


def letters(text: str) -> frozenset[str] | None:
    """The set of options that a text lists; None when it is anything but a list of options."""
    plain = re.sub(r"[\[\](){}*_`\"'.]", "", text[:200]).strip()
    if len(text) > 200 or not plain:
        return None
    if plain.casefold() in ("none", "none of them", "none of the above"):
        return frozenset()
    parts = SEPARATOR.split(plain)
    if all(len(part) == 1 and part.upper() in OPTIONS for part in parts):
        return frozenset(part.upper() for part in parts)
    return None


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def answer_of(completion: str) -> frozenset[str] | None:
    """The set after the only 'Answer:'. A remark may follow, unless it brings up options."""
    parts = MARKER.split(visible(completion))
    if len(parts) != 2:
        return None
    answer, _, remark = parts[1].strip().partition("\n")
    return None if OPTION.search(remark) else letters(answer)


@case("Iron and nickel are magnetic.\nAnswer: B, D", reference=["B", "D"], expect=1)
@case("answer: (d) and (b)", reference=["B", "D"], expect=1)
@case("Answer: none", reference=[], expect=1)
@case("Answer:", reference=[], expect=0)
@case("", reference=[], expect=0)
@case("Answer: A", reference=[], expect=0)
@case("Answer: none", reference=["B", "D"], expect=0)
@case("Answer: B", reference=["B", "D"], expect=0)
@case("Answer: B, C, D", reference=["B", "D"], expect=0)
@case("Answer: B", reference=["B", "G"], expect="unscored")
@probe("Answer: A, B, C, D, E, F", reference=["B", "D"])
@probe("Answer: B, D\nAnswer: A, C", reference=["B", "D"])
@probe("Answer: not B, D", reference=["B", "D"])
@order("Answer: D", "Answer: D, B", reference=["B", "D"])
@reward(answer="list")
def options_that_hold(completion: str, reference: list[str]) -> bool:
    """Exactly the options that hold; the empty list is an answer like any other."""
    if not isinstance(reference, list) or not all(
        isinstance(o, str) and len(o) == 1 and o in OPTIONS for o in reference
    ):
        raise Unscored(f"{reference!r} is no list of options")
    return answer_of(completion) == frozenset(reference)
