"""Headlines for news items: word overlap with the editor's headline, scaled within the group of samples."""

import re
from collections import Counter

from rewardkit import case, order, reward

EDITOR = "Council approves new tram line to the harbour"


def overlap(text: str, reference: str) -> float:
    """F1 of the words of two texts."""
    given, expected = (Counter(re.findall(r"\w+", t.casefold())) for t in (text, reference))
    shared = (given & expected).total()
    return 2 * shared / (given.total() + expected.total()) if shared else 0.0


@case(EDITOR, reference=EDITOR, expect=1)
@case("Rain expected tomorrow", reference=EDITOR, expect=0)
@order(
    "Rain expected tomorrow",
    "Council approves tram",
    "Council approves new tram line",
    EDITOR,
    reference=EDITOR,
)
@reward(answer="text", group=True)
def headline(completions: list[str], reference: str) -> list[float]:
    """Overlap of each headline with the editor's, on a scale from 0 to 1."""
    raw = [overlap(text, reference) for text in completions]
    best = max(raw)
    return [value / best if best else 0.0 for value in raw]
