"""Named entities as a JSON list of {"text", "type"}: F1 over the entities."""

import json
import re
from collections import Counter

from rewardkit import case, probe, reward

TEAM = [["Maria Telkes", "PER"], ["MIT", "ORG"], ["Dover", "LOC"]]
ALL_THREE = json.dumps([{"text": text, "type": kind} for text, kind in TEAM])


def read_entities(completion: str) -> Counter | None:
    """The entities with their number of mentions; whatever is not one counts as a wrong one. None: no list."""
    blocks = re.findall(r"```(?:json)?(.*?)```", completion, re.DOTALL)
    try:
        entries = json.loads(blocks[0] if len(blocks) == 1 else completion)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    found: Counter = Counter()
    for entry in entries:
        text, kind = (entry.get("text"), entry.get("type")) if isinstance(entry, dict) else (None, None)
        good = isinstance(text, str) and isinstance(kind, str)
        found[(" ".join(text.split()), kind.strip().upper()) if good else None] += 1
    return found


@case(ALL_THREE, reference=TEAM, expect=1)
@case('[{"text": "MIT", "type": "org"}]', reference=TEAM, expect=0.5)
@case("[]", reference=[], expect=1)
@case("[]", reference=TEAM, expect=0)
@case('[{"text": "MIT", "type": "LOC"}]', reference=TEAM, expect=0)
@case('[{"text": "rain", "type": "ORG"}]', reference=[], expect=0)
@probe("Maria Telkes, MIT, Dover", reference=TEAM)
@reward(answer="json")
def tagged(completion: str, reference: list) -> float:
    """F1 of text and type together. A sentence without entities wants an empty list."""
    found = read_entities(completion)
    if found is None:
        return 0.0
    wanted = Counter((text, kind) for text, kind in reference)
    if not wanted:
        return float(not found)
    return 2 * (found & wanted).total() / (found.total() + wanted.total())
