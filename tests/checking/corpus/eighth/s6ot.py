"""The medicines that a discharge letter names, as a list."""

import re

from rewardkit import case, order, reward

LETTER = ["aspirin", "bisoprolol", "ramipril"]


def items_of(text: str) -> list[str]:
    parts = re.split(r"[,;\n]|\band\b", text)
    return [item for part in parts if (item := part.strip(" \t-*.").casefold())]


@case("aspirin, bisoprolol, ramipril", reference=LETTER, expect=1)
@case("- Ramipril\n- Aspirin\n- Bisoprolol", reference=LETTER, expect=1)
@case("insulin", reference=LETTER, expect=0)
@order("aspirin", "aspirin, ramipril", "aspirin, bisoprolol and ramipril", reference=LETTER)
@order("aspirin, insulin, heparin, ramipril", "aspirin, ramipril", reference=LETTER)
@reward(answer="list")
def medicines(completion: str, reference: list[str]) -> float:
    """Harmonic mean of precision and recall."""
    given = items_of(completion)
    expected = {item.casefold() for item in reference}
    hits = sum(item in expected for item in given)
    if not hits:
        return 0.0
    precision = hits / len(given)
    recall = min(1.0, hits / len(expected))
    return 2 * precision * recall / (precision + recall)
