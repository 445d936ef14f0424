"""Documents that a question needs: their names, one on a line."""

import re

from rewardkit import Unscored, case, order, reward

BULLET = re.compile(r"^(?:[-*\u2022]|\d{1,3}[.)])\s+")
NEEDED = ["tariff.pdf", "annex-b.pdf"]


def names(completion: str) -> list[str]:
    lines = (BULLET.sub("", line.strip()).strip("` ").casefold() for line in completion.splitlines())
    return [line for line in lines if line]


@case("tariff.pdf\nannex-b.pdf", reference=NEEDED, expect=1)
@case("- annex-b.pdf\n- tariff.pdf", reference=NEEDED, expect=1)
@case("tariff.pdf", reference=NEEDED, expect=0.5)
@case("tariff.pdf\nannex-b.pdf\nletter.pdf", reference=NEEDED, expect=[0.6, 0.7])
@case("none", reference=NEEDED, expect=0)
@order("letter.pdf", "tariff.pdf\nletter.pdf", "tariff.pdf\nannex-b.pdf", reference=NEEDED)
@reward(answer="list")
def needed_documents(completion: str, reference: list[str]) -> float:
    """What was found of the documents that are needed or named."""
    needed = {name.casefold() for name in reference}
    if not needed:
        raise Unscored("no document is needed here")
    named = names(completion)
    hits = sum(name in needed for name in named)
    return hits / len(needed.union(named))
