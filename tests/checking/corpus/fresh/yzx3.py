"""Mental arithmetic with short explanations: among the right answers of a group, the briefer the better."""

import re
from fractions import Fraction

from rewardkit import Unscored, case, order, probe, reward

NUMBER = re.compile(
    r"([+-]?)(?:([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(\.[0-9]{1,12})?((?:[eE][+-]?[0-9]{1,2})?)|([0-9]{1,6})/([1-9][0-9]{0,5}))"
)
CLAIM = re.compile(r"(?:the |my )?(?:final )?answer(?: is:?|:)(.*)", re.IGNORECASE)


def value(text: str) -> Fraction | None:
    """A whole number, a decimal or a fraction, and nothing else."""
    match = NUMBER.fullmatch(re.sub(r"[\s*_`$]|\\boxed\{|\}", "", text.replace("\u2212", "-")).rstrip("."))
    if match is None:
        return None
    sign, whole, decimals, exponent, above, below = match.groups()
    size = (
        Fraction(int(above), int(below))
        if above
        else Fraction(whole.replace(",", "") + (decimals or "") + exponent)
    )
    return -size if sign == "-" else size


def stated(text: str) -> Fraction | None:
    """The one value that the text gives as its answer."""
    lines = [line.strip(" \t\r*_`>#") for line in text.splitlines()]
    claims = [match.group(1) for line in lines if (match := CLAIM.match(line))] or [text]
    values = {value(claim) for claim in claims}
    return values.pop() if len(values) == 1 else None


@case("Answer: 3/4", reference="0.75", expect=1)
@case("Half of 1.5.\n**Answer:** 0.75.", reference="0.75", expect=1)
@case("Answer: 0.8", reference="0.75", expect=0)
@probe("Answer: 0.75\nAnswer: 0.8", reference="0.75")
@order(
    "Answer: 1",
    "Half of one and a half is three quarters.\nAnswer: 0.75",
    "Half of 1.5.\nAnswer: 0.75",
    reference="0.75",
)
@reward(group=True, answer="number", length_aware=True, pass_at=0.5, timeout=5)
def brief(completions: list[str], reference: str) -> list[float]:
    """0 for a wrong answer; 1 for the shortest right one; the others between 0.5 and 1, the longer the less."""
    wanted = value(str(reference))
    if wanted is None:
        raise Unscored(f"{reference!r} is no number")
    lengths = [len(text.strip()) if stated(text) == wanted else None for text in completions]
    shortest = min((length for length in lengths if length), default=0)
    return [0.5 + 0.5 * shortest / length if length else 0.0 for length in lengths]
