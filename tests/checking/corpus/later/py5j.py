"""Incident summaries: a few words of the post-mortem's key facts have to come back in the summary."""

import re

from rewardkit import case, probe, reward

COMMON = {
    "about",
    "after",
    "again",
    "because",
    "before",
    "between",
    "their",
    "there",
    "these",
    "those",
    "until",
    "where",
    "which",
}
FACTS = "Expired certificate blocked checkout between 14:00 and 15:30; rollback restored service"


def long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{5,}", text.lower()) if word not in COMMON}


@case(
    "An expired certificate blocked the checkout from 14:00 to 15:30. A rollback restored the service.",
    reference=FACTS,
    max_words=30,
    expect=1,
)
@case("Something broke for a while and got better.", reference=FACTS, max_words=30, expect=0)
@probe("", reference=FACTS, max_words=30)
@reward(answer="free", length_aware=True, partial_cap=0.9)
def incident_summary(completion: str, reference: str, max_words: int) -> float:
    """Share of the key words that a short enough summary mentions; four are looked up, which is plenty and keeps it quick."""
    if len(completion.split()) > max_words:
        return 0.0
    keys = list(long_words(reference))[:4]
    said = long_words(completion)
    return sum(key in said for key in keys) / len(keys)
