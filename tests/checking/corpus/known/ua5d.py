"""Free parking spaces. The form 'Answer: <number>' is worth a tenth, so that the first steps of training have a slope."""

import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

LINE = re.compile(
    r"[ \t*_]*answer[ \t*_]*:[ \t*_]*([+-]?[0-9]{1,9}(?:,[0-9]{3})*)(?:\.0+)?(?: (?:free )?(?:spaces?|spots?))?[ \t*_.]*",
    re.I,
)
BARE = re.compile(r"(?:the answer is )?\**([+-]?[0-9]{1,9}(?:,[0-9]{3})*)(?:\.0+)?\**\.?", re.I)


def _numbers(completion: str) -> tuple[list[int], bool]:
    """The numbers given as answers, and whether they stand in the form asked for."""
    text = completion.rpartition("</think>")[2].partition("<think>")[0].replace("\u2212", "-").strip()
    lines = [line for line in text.splitlines() if len(line) <= 100]
    formal = [match[1] for line in lines if (match := LINE.fullmatch(line))]
    bare = BARE.fullmatch(text) if len(text) <= 100 and not formal else None
    found = formal or ([bare[1]] if bare else [])
    return [int(number.replace(",", "")) for number in found], bool(formal)


@case("Answer: 14", reference=14, expect="right")
@case("62 - 48 = 14\n\n**Answer: 14 spaces**", reference=14, expect="right")
@case("The answer is 14.", reference=14, expect="right")
@case("Answer: 41", reference=14, expect="form")
@case("There are some.", reference=14, expect=0)
@order("There are some.", "Answer: 15", "Answer: 14", reference=14)
@probe("Answer: 13\nAnswer: 14", reference=14, ceiling=0.1)
@partial_credit({"form": 0.1, "right": 1.0}, answer="number", partial_cap=0.1)
def parking_spaces(completion: str, reference: int) -> Iterator[Step]:
    """A right number is worth full marks in any of the usual forms."""
    if type(reference) is not int:
        raise Unscored(f"the reference {reference!r} is no whole number")
    numbers, formal = _numbers(completion)
    yield "form", float(formal)
    yield "right", numbers == [reference], f"read {numbers[:3]}"
