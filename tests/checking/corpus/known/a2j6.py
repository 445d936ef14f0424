"""A shipping note as a JSON object; key order, spacing and 2 against 2.0 make no difference."""

import json
from typing import Any

from rewardkit import Unscored, case, probe, reward

NOTE = {"order": "A-17", "weight_kg": 2, "express": True, "address": {"city": "Lyon", "zip": "69003"}}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _read(text: str) -> Any:
    """The value in a reply that is JSON or one block of it; None when it is neither."""
    text = text.rpartition("</think>")[2].strip()
    if len(text) > 6 and text.startswith("```") and text.endswith("```"):
        language, _, body = text[3:-3].partition("\n")
        text = body if language.strip().lower() in ("", "json") else text
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


@case(json.dumps(NOTE), reference=NOTE, expect=1)
@case(
    '```json\n{"address": {"zip": "69003", "city": "Lyon"}, "express": true, "weight_kg": 2.0, "order": "A-17"}\n```',
    reference=NOTE,
    expect=1,
)
@case(json.dumps({**NOTE, "express": 1}), reference=NOTE, expect=0)
@case(json.dumps({**NOTE, "weight_kg": "2"}), reference=NOTE, expect=0)
@probe(json.dumps({**NOTE, "note": "fragile"}), reference=NOTE)
@probe('{"order": "A-18", "order": "A-17"}', reference={"order": "A-17"})
@reward(answer="json")
def shipping_note(completion: str, reference: dict[str, Any]) -> bool:
    """Right as a whole or worth nothing."""
    if not isinstance(reference, dict) or not reference:
        raise Unscored("the reference is no object with fields")
    return _same(_read(completion), reference)
