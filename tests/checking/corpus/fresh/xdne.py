"""Issue spotting for German private law: which provisions carry the claim?"""

import re

from rewardkit import Unscored, case, order, reward

SECTION = re.compile(r"§\s*([0-9]{1,4}[a-z]?)(?:\s+Abs\.\s*[0-9]+)?\s+(BGB|HGB|StGB|ProdHaftG)")


def provisions(text: str) -> set[tuple[str, str]]:
    return set(SECTION.findall(text))


@case("§ 433 BGB\n§ 437 BGB", reference=["§ 433 BGB", "§ 437 BGB"], expect=1)
@case("§ 433 Abs. 1 BGB, § 437 BGB", reference=["§ 433 BGB", "§ 437 BGB"], expect=1)
@case("§ 433 BGB\n§ 823 BGB\n§ 437 BGB\n§ 242 BGB", reference=["§ 433 BGB", "§ 437 BGB"], expect=0.5)
@case("The seller is liable.", reference=["§ 433 BGB", "§ 437 BGB"], expect=0)
@order("§ 812 BGB", "§ 433 BGB, § 812 BGB", "§ 433 BGB, § 437 BGB", reference=["§ 433 BGB", "§ 437 BGB"])
@reward(answer="list")
def grounds(completion: str, reference: list[str]) -> float:
    """Share of the cited provisions that belong; a citation out of thin air costs its share."""
    wanted = provisions("\n".join(reference))
    if not wanted:
        raise Unscored("the model solution cites nothing")
    cited = provisions(completion)
    if not cited:
        return 0.0
    return len(cited & wanted) / len(cited)
