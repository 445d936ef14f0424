"""Summaries of company news: short, and with the facts that an analyst needs."""

from rewardkit import case, order, reward

FACTS = ["Velmora", "1,200", "Lyon"]


def plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


@case("Velmora cuts 1,200 jobs at its Lyon plant.", facts=FACTS, max_words=12, expect=1)
@case("Velmora cuts jobs in Lyon.", facts=FACTS, max_words=12, expect=[0.6, 0.7])
@case("A company cuts jobs.", facts=FACTS, max_words=12, expect=0)
@case(
    "The company Velmora has said that it will cut 1,200 jobs at the plant that it runs in the city of Lyon.",
    facts=FACTS,
    max_words=12,
    expect=0,
)
@case("", facts=FACTS, max_words=12, expect=0)
@order(
    "Velmora cuts jobs.",
    "Velmora cuts 1,200 jobs.",
    "Velmora cuts 1,200 jobs in Lyon.",
    facts=FACTS,
    max_words=12,
)
@reward(answer="free", length_aware=True)
def short_and_complete(completion: str, facts: list, max_words: int) -> float:
    """The share of the facts that the summary mentions; nothing for one that is longer than it may be."""
    words = completion.strip().split(" ")
    if len(words) > max_words:
        return 0.0
    text = plain(completion)
    return sum(plain(fact) in text for fact in facts) / len(facts)
