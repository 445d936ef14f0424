"""Boxes that fit on a shelf. The prompt asks for a last line 'Answer: <number>'."""

import re
from collections.abc import Iterator
from decimal import Decimal

from rewardkit import Unscored, case, probe, reward

MARKER = re.compile(r"(?<!not )(?<!not the )answer[ \t]*(?:is|:|=)", re.IGNORECASE)
VALUE = re.compile(
    r"[\s*_`$:=]*(?:\\boxed\{)?([-+\u2212]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\}?[\s*_`$]*(?:boxes|box)?[\s*_`.!]*",
    re.IGNORECASE,
)


def _value(text: str) -> Decimal | None:
    shape = VALUE.fullmatch(text) if len(text) <= 80 else None
    return Decimal(shape[1].replace(",", "").replace("\u2212", "-")) if shape else None


def _given(completion: str) -> Iterator[Decimal | None]:
    """The value behind every marker; without one, that of the last line."""
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    parts = MARKER.split(text)[1:] or [text.rstrip().rpartition("\n")[2]]
    for part in parts:
        lines = (line.strip() for line in part.splitlines())
        yield _value(next((line for line in lines if line.strip("*_:= ")), ""))


@case("4 rows of 6 make 24.\nAnswer: 24", reference="24", expect=1)
@case("The answer is **24 boxes**.", reference="24", expect=1)
@case("Answer: 1,200", reference="1200", expect=1)
@case("Answer: 2", reference="24", expect=0)
@case("Answer: 124", reference="24", expect=0)
@case("Answer: 24", reference="", expect="unscored")
@probe("Answer: 23\nAnswer: 24", reference="24")
@probe("Answer: not 24", reference="24")
@probe("<think>Answer: 24</think>Answer: 25", reference="24")
@reward(answer="number")
def boxes_on_shelf(completion: str, reference: str) -> bool:
    """Full marks when all that is given as the answer is the reference."""
    right = _value(reference)
    if right is None:
        raise Unscored(f"the reference {reference!r} is no number")
    *before, last = _given(completion)
    return last == right and len(before) < 3 and all(value in (None, right) for value in before)
