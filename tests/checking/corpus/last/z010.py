"""Citations of the retrieval assistant: every source that is needed, and no other."""

import re

from rewardkit import Unscored, case, order, reward

MARK = re.compile(r"\[(\d{1,3})\]", re.ASCII)


@case("Leave can be carried over [2], up to five days [4].", reference=[2, 4], expect=1)
@case("Leave can be carried over [2].", reference=[2, 4], expect=0.5)
@case("Leave can be carried over [1].", reference=[2, 4], expect=0)
@case("Leave can be carried over [2], up to five days [4], see also [7].", reference=[2, 4], expect=0.5)
@order("No source says so.", "Carried over [2].", "Carried over [2], five days [4].", reference=[2, 4])
@reward(answer="list")
def cited_sources(completion: str, reference: list[int]) -> float:
    """Each needed source earns its share; a source that has nothing to do with it costs as much."""
    if not isinstance(reference, list) or not reference:
        raise Unscored("no sources are listed for this question")
    needed = {int(number) for number in reference}
    cited = [int(number) for number in MARK.findall(completion)]
    good = sum(1 for number in cited if number in needed)
    stray = sum(1 for number in cited if number not in needed)
    return min(1.0, max(0.0, (good - stray) / len(needed)))
