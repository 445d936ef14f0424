"""Which documents support the answer: the list of sources at the end."""

import re

from rewardkit import case, order, probe, reward

LINE = re.compile(r"(?i)\bsources?\**[ \t]*:")
ITEM = re.compile(r"(?<![0-9])[0-9]{1,4}(?![0-9])")
FILLER = re.compile(r"(?im)^[ \t]*- |\b(?:and|documents?|docs?|none)\b|[\[\](){},;*&#\s]")


def cited(completion: str) -> set[int] | None:
    """The numbers after the last `Sources:`; None when there is no such list or when more than a list stands there."""
    starts = [match.end() for match in LINE.finditer(completion)]
    if not starts:
        return None
    tail = completion[starts[-1] :].strip().removesuffix(".")
    rest = FILLER.sub("", ITEM.sub("", tail))
    return None if rest or not tail else {int(number) for number in ITEM.findall(tail)}


@case("It was moved in 1901 [2].\nSources: [2], [5]", reference=[2, 5], expect=1)
@case("It was moved in 1901.\nSources: 5 and 2.", reference=[2, 5], expect=1)
@case("Nobody says.\nSources: none", reference=[], expect=1)
@case("Sources: [2]", reference=[2, 5], expect=0)
@case("It was moved in 1901 [2][5].", reference=[2, 5], expect=0)
@order("Sources: 2, 4", "Sources: 2, 5", reference=[2, 5])
@probe("Sources: 1, 2, 3, 4, 5, 6, 7, 8, 9", reference=[2, 5])
@reward(answer="list", format_strict=True)
def sources(completion: str, reference: list[int]) -> bool:
    """Full marks when the list after `Sources:` names exactly the supporting documents, in any order; `none` where there are none."""
    return cited(completion) == set(reference)
