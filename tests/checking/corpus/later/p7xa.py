"""Legal research memos: which of the numbered authorities support the claim, cited as [n]."""

import re

from rewardkit import case, order, probe, reward


@case("The clause is void [2][5].", reference=[2, 5], expect=1)
@case("The clause is void [5], see also [2].", reference=[2, 5], expect=1)
@case("The clause is void.", reference=[2, 5], expect=0)
@case("The clause is void [1][4].", reference=[2, 5], expect=0)
@order("[1][3]", "[1][2]", "[2]", "[2][5]", reference=[2, 5])
@probe("[1][2][3][4][5][6][7][8]", ceiling=0.5, reference=[2, 5])
@reward(answer="list", partial_cap=0.9)
def case_citations(completion: str, reference: list[int]) -> float:
    """F1 of the cited authorities: missing ones cost recall, unfitting ones precision."""
    cited = re.findall(r"\[([0-9]{1,3})\]", completion)
    right = sum(int(number) in reference for number in cited)
    if not right:
        return 0.0
    precision = right / len(cited)
    recall = min(1.0, right / len(reference))
    return 2 * precision * recall / (precision + recall)
