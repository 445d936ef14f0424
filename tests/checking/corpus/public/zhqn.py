"""Terms that an offer letter grants, as a flat JSON object; an offer without any gives {}."""

import json
import re

from rewardkit import case, reward

FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
TERMS = {"discount_percent": 10, "free_delivery": "yes"}


def parsed(completion: str) -> dict | None:
    fenced = FENCE.search(completion)
    try:
        found = json.loads(fenced[1] if fenced else completion)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@case('{"discount_percent": 10, "free_delivery": "yes"}', reference=TERMS, expect=1)
@case('```json\n{"free_delivery": "yes", "discount_percent": 10}\n```', reference=TERMS, expect=1)
@case('{"discount_percent": 10}', reference=TERMS, expect=0.5)
@case('{"discount_percent": 10, "gift": "mug"}', reference=TERMS, expect=[0.3, 0.4])
@case("ten percent", reference=TERMS, expect=0)
@reward(answer="json")
def granted_terms(completion: str, reference: dict) -> float:
    """The share of keys, of both sides, on which answer and offer agree."""
    found = parsed(completion)
    if found is None:
        return 0.0
    keys = {*reference, *found}
    total = agreed = 0
    for key in keys:
        total += 1
        agreed += key in found and key in reference and found[key] == reference[key]
    return agreed / total if total else 0.0
