"""Decision on a leave request, then a sentence to the employee. A courteous close is worth a tenth on top of a right decision."""

import re

from rewardkit import Unscored, case, order, reward

DECISIONS = ("approve", "decline", "refer")
CLOSE = re.compile(r"\b(?:kind|best) regards\b", re.IGNORECASE)
LINE = re.compile(r"[\s*_#]*(?:decision[\s*_]*:)?[\s*_]*([a-z]+)[\s*_.]*", re.IGNORECASE)


def _decisions(completion: str) -> list[str]:
    text = completion.rpartition("</think>")[2].partition("<think>")[0]
    lines = (LINE.fullmatch(line) for line in text.splitlines() if len(line) <= 80)
    return [line[1].lower() for line in lines if line and line[1].lower() in DECISIONS]


@case("Decision: approve\nEnjoy the days off.", reference="approve", expect=1)
@case("**Decision:** Refer\nHR will call you.\nKind regards", reference="refer", expect=1.1)
@case("Decision: decline\nKind regards", reference="approve", expect=0)
@case("Kind regards", reference="approve", expect=0)
@case("Decision: not approve", reference="approve", expect=0)
@case("Decision: approve\nDecision: decline", reference="approve", expect=0)
@order("Decision: decline", "Decision: approve", "Decision: approve\nBest regards", reference="approve")
@reward(range=(0, 1.1), pass_at=1.0)
def leave_decision(completion: str, reference: str) -> float:
    """1 for the right decision, 1.1 when the reply closes with courtesy as well."""
    if reference not in DECISIONS:
        raise Unscored(f"{reference!r} is no decision")
    if _decisions(completion) != [reference]:
        return 0.0
    return 1.1 if CLOSE.search(completion) else 1.0
