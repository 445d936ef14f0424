"""Which countries a news item names: a JSON array of names, in any order; it may be empty."""

import json
from collections import Counter

from rewardkit import case, order, probe, reward

NAMED = ["Chad", "Niger", "C\u00f4te d'Ivoire"]


def listed(completion: str) -> list[str] | None:
    text = completion.rpartition("</think>")[2]
    try:
        found = json.loads(text[text.find("[") : text.rfind("]") + 1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        return None
    return [plain(name) for name in found]


def plain(name: str) -> str:
    return " ".join(name.replace("\u2019", "'").split()).casefold().removeprefix("the ")


@case('["Niger", "Chad", "C\\u00f4te d\'Ivoire"]', reference=NAMED, expect=1)
@case('```json\n["chad", "niger", "C\u00f4te d\u2019Ivoire"]\n```', reference=NAMED, expect=1)
@case('["Niger", "Chad"]', reference=NAMED, expect=[0.6, 0.8])
@case('["Niger", "Niger", "Chad", "C\u00f4te d\'Ivoire"]', reference=NAMED, expect=[0.7, 0.8])
@case("[]", reference=[], expect=1)
@case('["Chad"]', reference=[], expect=0)
@case("Niger, Chad", reference=NAMED, expect=0)
@probe('["Nigeria"]', reference=["Niger"])
@order("[]", '["Chad"]', '["Chad", "Niger"]', reference=["Chad", "Niger"])
@reward(answer="list")
def countries(completion: str, reference: list[str]) -> float:
    """1 for exactly the named countries, else at most 0.9 by F1 in which every repetition counts as an error."""
    found, expected = listed(completion), [plain(name) for name in reference]
    if found is None:
        return 0.0
    if Counter(found) == Counter(expected):
        return 1.0
    common = sum((Counter(found) & Counter(expected)).values())
    return 0.9 * 2 * common / (len(found) + len(expected))
