"""Steps of a procedure put in order, one a line. Short of the right order, pairs in order earn up to 0.6."""

import re
from itertools import combinations

from rewardkit import Unscored, case, order, probe, reward

TEA = ["boil the water", "warm the pot", "add the leaves", "pour"]


def _steps(completion: str) -> list[str]:
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    lines = (
        re.sub(r"^\s*(?:[-*•]|(?:step )?[0-9]{1,3}[.):])\s*", "", line[:300], flags=re.IGNORECASE)
        for line in text.splitlines()
    )
    plain = (" ".join(line.casefold().split()).strip(" .,;*_`\"'") for line in lines)
    return [line for line in plain if line]


@case("\n".join(TEA), reference=TEA, expect=1)
@case("1. Boil the water.\n2. Warm the pot.\n3. Add the leaves.\n4. Pour.", reference=TEA, expect=1)
@case("boil the water\nadd the leaves\nwarm the pot\npour", reference=TEA, expect=0.5)
@case("boil the water\nwarm the pot\nadd the leaves", reference=TEA, expect=0)
@case("boil the water\nwarm the pot\nadd the leaves\npour\ndrink", reference=TEA, expect=0)
@case("\n".join(TEA), reference=["pour"], expect="unscored")
@order("\n".join(reversed(TEA)), "\n".join([*TEA[1:], TEA[0]]), "\n".join(TEA), reference=TEA)
@probe("\n".join([*TEA, *TEA]), reference=TEA)
@reward(answer="list", partial_cap=0.6)
def step_order(completion: str, reference: list[str]) -> float:
    """All the steps and no others; then their order."""
    right = [" ".join(step.casefold().split()).strip(" .") for step in reference]
    if len(set(right)) < 2:
        raise Unscored("there is nothing to put in order")
    steps = _steps(completion)
    if steps == right:
        return 1.0
    if len(steps) != len(right) or set(steps) != set(right):
        return 0.0
    place = {step: index for index, step in enumerate(steps)}
    pairs = list(combinations(right, 2))
    return 0.6 * sum(place[a] < place[b] for a, b in pairs) / len(pairs)
