"""Length limits and counts that a prompt sets, as in IFEval; the share of them that the answer keeps."""

import re

from rewardkit import case, reward

COUNTS = {
    "words": lambda text, limit: len(text.split()),
    "sentences": lambda text, limit: len(re.findall(r"[.!?](?=\s|$)", text)),
    "paragraphs": lambda text, limit: len([part for part in text.split("\n\n") if part.strip()]),
    "keyword": lambda text, limit: len(
        re.findall(rf"\b{re.escape(limit['keyword'])}\b", text, re.IGNORECASE)
    ),
}
SHORT = [
    {"of": "words", "relation": "at least", "count": 3},
    {"of": "sentences", "relation": "exactly", "count": 1},
]


def keeps(count: int, relation: str, wanted: int) -> bool:
    checks = {"at least": count >= wanted, "at most": count <= wanted, "exactly": count == wanted}
    return checks.get(relation, True)


@case("Bees dance to point the way.", limits=SHORT, expect=1)
@case("Bees dance.", limits=SHORT, expect=0.5)
@case("Bees. Dance.", limits=SHORT, expect=0)
@case("", limits=SHORT, expect=0)
@reward(answer="free")
def within_limits(completion: str, limits: list[dict]) -> float:
    """Kept limits, of all that the prompt sets."""
    text = completion.strip()
    if not text:
        return 0.0
    kept = [keeps(COUNTS[limit["of"]](text, limit), limit["relation"], limit["count"]) for limit in limits]
    return sum(kept) / len(kept)
