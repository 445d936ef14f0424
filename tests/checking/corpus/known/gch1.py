"""Appointments that clash on a day, as a JSON list of their letters. On most days none do, and [] is right."""

import json
import re
from typing import Any

from rewardkit import Unscored, case, probe, reward


def _letters(completion: str) -> list[str] | None:
    text = completion.rpartition("</think>")[2].strip()
    fenced = re.fullmatch(r"```(?:json)?\s([^`]{0,2000})```", text)
    text = fenced[1] if fenced else text
    if text.strip(" .").casefold() in ("none", "no clashes"):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return sorted(item.strip().upper() for item in found)


@case("[]", reference=[], expect=1)
@case("None.", reference=[], expect=1)
@case('["B", "D"]', reference=["B", "D"], expect=1)
@case('```json\n["d", "b"]\n```', reference=["B", "D"], expect=1)
@case('["B"]', reference=["B", "D"], expect=0)
@case("[]", reference=["B", "D"], expect=0)
@case('["B"]', reference=[], expect=0)
@case("", reference=[], expect=0)
@case("[]", reference=None, expect="unscored")
@probe('["A", "B", "C", "D"]', reference=["B", "D"])
@reward(answer="list")
def clashes(completion: str, reference: Any) -> bool:
    """Exactly the letters on record, in any order."""
    if not isinstance(reference, list):
        raise Unscored("the day has no list of clashes")
    return _letters(completion) == sorted(reference)
