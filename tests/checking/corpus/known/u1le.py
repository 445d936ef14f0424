"""Points lost on a quiz sheet. Many sheets are perfect, so 0 is a common reference, and 'none' a way to say it."""

import re

from rewardkit import Unscored, case, probe, reward

WORDS = {"none": 0, "no": 0, "zero": 0}
SHAPE = re.compile(
    r"(?:(?:the )?(?:answer|result|points lost)(?: is|:)? ?)?([-+]?[0-9]{1,9}|none|zero|no(?= points))(?:\.0{1,4})?(?: points?)?(?: lost| were lost| was lost)?"
)


@case("0", reference=0, expect=1)
@case("None.", reference=0, expect=1)
@case("No points were lost.", reference=0, expect=1)
@case("The answer is **3 points**.", reference=3, expect=1)
@case("Points lost: 3.0", reference=3, expect=1)
@case("10", reference=0, expect=0)
@case("", reference=0, expect=0)
@case("none", reference=3, expect=0)
@case("3", reference=None, expect="unscored")
@probe("0, 1, 2 or 3", reference=0)
@probe("not 0", reference=0)
@reward(answer="number")
def points_lost(completion: str, reference: int | None) -> bool:
    """The same whole number."""
    if reference is None:
        raise Unscored("the sheet was never marked")
    text = completion.rpartition("</think>")[2].replace("\u2212", "-").strip()
    line = " ".join(re.sub(r"[*_`$]", " ", text).casefold().split()).strip(" .!") if len(text) <= 100 else ""
    shape = SHAPE.fullmatch(line)
    if shape is None:
        return False
    number = WORDS.get(shape[1])
    return (int(shape[1]) if number is None else number) == reference
