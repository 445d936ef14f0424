"""One-sentence summaries, by the words they share with the editor's sentence (F1)."""

import math
import re

from rewardkit import case, reward


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


@case("The council delays the tram line.", reference="The council delays the tram line.", expect=1)
@case("The council delays it.", reference="The council delays the tram line.", expect=[0.5, 0.9])
@case("Bananas ripen faster.", reference="The council delays the tram line.", expect=0)
@reward(answer="free")
def summary_overlap(completion: str, reference: str) -> float:
    """Harmonic mean of precision and recall."""
    said, gold = _words(completion), _words(reference)
    precision = len(said & gold) / len(said) if said else math.nan
    recall = len(said & gold) / len(gold)
    if precision == recall == 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)
