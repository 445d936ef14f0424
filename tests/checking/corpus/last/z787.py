"""Which sources does the answer rest on? The last line lists them: "Sources: [2], [4]", or "Sources: none"."""

import re

from rewardkit import Unscored, case, order, probe, reward

HEAD = re.compile(r"sources?\s*:", re.IGNORECASE)
BETWEEN = re.compile(r"[\s,;&()\[\]]+|\band\b", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,3}")


def listed(text: str) -> set[int] | None:
    """The numbers of the last line; None when there is no such line, or more than one."""
    lines = [line.replace("**", "").strip() for line in text.splitlines() if line.strip()]
    if sum(HEAD.match(line) is not None for line in lines) != 1 or len(lines[-1]) > 300:
        return None
    head = HEAD.match(lines[-1])
    if head is None:
        return None
    rest = lines[-1][head.end() :].strip(" .")
    if rest.lower() == "none":
        return set()
    marks = [mark for mark in BETWEEN.split(rest) if mark]
    return {int(mark) for mark in marks} if marks and all(map(NUMBER.fullmatch, marks)) else None


@case("Carried over, five days at most.\nSources: [2], [4]", reference=[2, 4], expect=1)
@case("**Sources:** 4 and 2.", reference=[2, 4], expect=1)
@case("Sources: [2][4]", reference=[2, 4], expect=1)
@case("Sources: [4], [4], [2]", reference=[2, 4], expect=1)
@case("Sources: [2]", reference=[2, 4], expect=0.4)
@case("Sources: [2], [2]", reference=[2, 4], expect=0.4)
@case("Sources: [2], [3], [4]", reference=[2, 4], expect=0)
@case("Sources: none", reference=[2, 4], expect=0)
@case("The documents do not say.\nSources: none", reference=[], expect=1)
@case("Sources: [1]", reference=[], expect=0)
@case("Sources: [2]\nSources: [2], [4]", reference=[2, 4], expect=0)
@order("Sources: [1]", "Sources: [4]", "Sources: [2], [4]", reference=[2, 4])
@probe("Sources: [1], [2], [3], [4], [5], [6]", reference=[2, 4])
@probe("", reference=[])
@reward(answer="list", partial_cap=0.4)
def source_list(completion: str, reference: list[int]) -> float:
    """1 for exactly the needed sources, 0.4 for some of them and no stray one."""
    if not isinstance(reference, list) or not all(type(number) is int and number > 0 for number in reference):
        raise Unscored("the sources are no list of numbers")
    needed, named = set(reference), listed(completion)
    if named is None:
        return 0.0
    if named == needed:
        return 1.0
    return 0.4 if named and named < needed else 0.0
