"""Arithmetic answers that are right and brief: within a group, the shortest right answer earns most."""

import re

from rewardkit import Unscored, case, order, reward

NUMBER = re.compile(
    r"(?<![\d.])[-−]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![\d])|(?<![\d.])[-−]?[0-9]{1,30}(?:\.[0-9]{1,30})?"
)


def value_of(text: str) -> float | None:
    """The value of the only number of a text; None when there is none or there are several."""
    found = [float(number.replace(",", "").replace("−", "-")) for number in NUMBER.findall(text)]
    return found[0] if len(found) == 1 else None


@case("144", reference="144", expect=1)
@case("That makes 144.0 altogether.", reference="144", expect=1)
@case("145", reference="144", expect=0)
@case("144 or 145", reference="144", expect=0)
@order("145", "I have added all of them up and get 144 altogether.", "It is 144.", "144", reference="144")
@reward(answer="number", group=True, length_aware=True, pass_at=0.7)
def brief_sum(completions: list[str], reference: str) -> list[float]:
    """0 for a wrong answer; a right one earns 0.7, and up to 0.3 more the nearer it is to the shortest right one."""
    expected = value_of(reference)
    if expected is None:
        raise Unscored(f"no number: {reference!r}")
    lengths = [len(text.strip()) if value_of(text) == expected else None for text in completions]
    shortest = min((length for length in lengths if length), default=0)
    return [0.7 + 0.3 * shortest / length if length else 0.0 for length in lengths]
