"""Contract review: the clauses that answer the question, as a list of numbers such as 4.1(a)."""

import re

from rewardkit import case, reward

CLAUSE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def clauses(text: str) -> set[str]:
    return set(CLAUSE.findall(text))


@case("4.1(a), 7.2", reference=["4.1(a)", "7.2"], expect=1)
@case("Clauses 7.2 and 4.1(a)", reference=["4.1(a)", "7.2"], expect=1)
@case("7.2", reference=["4.1(a)", "7.2"], expect=0)
@case("4.1(a), 7.2, 9", reference=["4.1(a)", "7.2"], expect=0)
@case("4.2(a), 7.2", reference=["4.1(a)", "7.2"], expect=0)
@case("None of them.", reference=["12.3"], expect=0)
@reward(answer="list")
def relevant_clauses(completion: str, reference: list) -> bool:
    """Exactly the clauses of the reference, in any order, with or without the word clause."""
    return clauses(completion) == clauses(" ".join(reference))
