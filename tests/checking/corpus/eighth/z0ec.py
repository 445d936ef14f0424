"""Contract questions: is the contract valid, void or voidable? Questions that counsel has not decided yet are left out."""

import re

from rewardkit import case, reward

STATUSES = {"valid", "void", "voidable"}
DENIALS = re.compile(r"\b(?:not|never|neither|nor|cannot|hardly)\b|n['’]t\b", re.IGNORECASE)


@case("Consent was obtained by fraud.\nVoidable", reference="voidable", expect=1)
@case("It is not void, only open to rescission.\nAnswer: **voidable**", reference="voidable", expect=1)
@case("It is voidable.", reference="void", expect=0)
@case("The contract is not void.", reference="void", expect=0)
@case("void / voidable", reference="void", expect=0)
@case("Void", reference=None, expect="unscored")
@reward(answer="label", may_abstain=True)
def contract_status(completion: str, reference: str | None) -> bool | None:
    """Full marks when the last line commits to counsel's status; None where counsel gave none."""
    if reference is None:
        return None
    lines = [line for line in completion.splitlines() if line.strip()]
    if not lines or DENIALS.search(lines[-1]):
        return False
    return STATUSES.intersection(re.findall(r"[a-z]+", lines[-1].lower())) == {reference}
