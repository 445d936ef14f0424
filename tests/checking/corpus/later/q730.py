"""Coverage of a summary: does it mention what the reference summary is about?"""

import re

from rewardkit import case, order, probe, reward

COMMON = {
    "about",
    "after",
    "again",
    "because",
    "before",
    "their",
    "there",
    "these",
    "those",
    "which",
    "while",
    "would",
}
TEXT = (
    "The council rejected the tram extension because construction costs doubled, "
    "while residents demanded cheaper electric buses before winter."
)


def key_terms(reference: str, most: int = 6) -> list[str]:
    """Some of the longer words of a summary, each once."""
    words = {word for word in re.findall(r"[a-z]{5,}", reference.lower()) if word not in COMMON}
    return list(words)[:most]


@case(TEXT, reference=TEXT, expect=1)
@case("The weather was nice.", reference=TEXT, expect=0)
@order("I do not know.", TEXT, reference=TEXT)
@probe("", reference=TEXT)
@reward(answer="free")
def coverage(completion: str, reference: str) -> float:
    """The share of the key terms of the reference that the summary mentions."""
    terms = key_terms(reference)
    said = set(re.findall(r"[a-z]{5,}", completion.lower()))
    return sum(term in said for term in terms) / len(terms) if terms else 0.0
