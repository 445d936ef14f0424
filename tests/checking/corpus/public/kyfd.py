"""Word problems: the solution ends with a line "Answer: <number>"; a unit of the question may follow."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, order, probe, reward

CUE = re.compile(r"\banswer\b", re.IGNORECASE)
NUMBER = re.compile(
    r"(?:(?:is|=|:) ?)?([-+]?) ?[$€£]? ?((?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?) ?(?:[$€£%]|([a-z]{1,20}))? ?[.!]?",
    re.IGNORECASE | re.ASCII,
)
SHOP = "A lamp costs 24 euros. How many euros do three lamps cost?"


def number_in(completion: str, prompt: str) -> Decimal | None:
    """The number of the last answer line; None when there is none, or more than one."""
    text = completion.rpartition("</think>")[2].replace("\u2212", "-").replace("*", "").replace("_", "")
    line, _, after = CUE.split(text)[-1].strip().partition("\n")
    found = NUMBER.fullmatch(" ".join(line.split()))
    if not found or any(sign.isdigit() for sign in after):
        return None
    sign, digits, unit = found.groups()
    if unit and unit.lower() not in prompt.lower():
        return None
    return Decimal(sign + digits.replace(",", ""))


@case("3 x 24 is 72.\nAnswer: 72", prompt=SHOP, reference="72", expect=1)
@case("**Answer: 72.00 euros.**", prompt=SHOP, reference="72", expect=1)
@case("The answer is $72.", prompt=SHOP, reference="72", expect=1)
@case("72", prompt=SHOP, reference="72", expect=1)
@case("Answer: 27", prompt=SHOP, reference="72", expect=0)
@case("The answer is not 72.", prompt=SHOP, reference="72", expect=0)
@case("Answer: 720", prompt=SHOP, reference="72", expect=0)
@probe("Answer: 71 or 72", prompt=SHOP, reference="72")
@probe("Answer: 72\nor 73", prompt=SHOP, reference="72")
@order("Answer: 71", "Answer: 72", prompt=SHOP, reference="72")
@reward(answer="number")
def total_cost(completion: str, prompt: str, reference: str) -> bool:
    """The one number of the answer line is the expected one."""
    gold = number_in(reference, "")
    if gold is None:
        raise Unscored(f"the reference {reference!r} is no number")
    return number_in(completion, prompt) == gold
