"""Contract review: which of four statuses a clause has."""

import re

from rewardkit import case, order, reward

STATUSES = ("enforceable", "unenforceable", "void", "voidable")


def statuses_in(text: str) -> set[str]:
    """The statuses that a text names, as whole words, so that 'void' is not found in 'voidable'."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    return {status for status in STATUSES if status in words}


@case("The clause is voidable, since consent was obtained by duress.", reference="voidable", expect=1)
@case("The clause is voidable.", reference="void", expect=0)
@case("Unenforceable.", reference="enforceable", expect=0)
@case("I need more facts.", reference="void", expect=0)
@order("It is enforceable.", "It is VOID.", reference="void")
@reward(answer="label")
def clause_status(completion: str, reference: str) -> bool:
    """Full marks when the answer gives the status that counsel assigned."""
    return reference.lower() in statuses_in(completion)
