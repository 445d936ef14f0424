"""Tool calls of a calendar assistant; some messages need none."""

import json
import re

from rewardkit import case, probe, reward

MOVE = [
    {"name": "find_event", "arguments": {"title": "Dentist"}},
    {"name": "move_event", "arguments": {"title": "Dentist", "days": 1, "notify": True}},
]


def same(given: object, wanted: object) -> bool:
    """Equality of JSON values: unlike in Python, true is not 1."""
    if isinstance(wanted, dict):
        return (
            isinstance(given, dict)
            and given.keys() == wanted.keys()
            and all(same(given[k], wanted[k]) for k in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(map(same, given, wanted))
    return isinstance(given, bool) == isinstance(wanted, bool) and given == wanted


@case(json.dumps(MOVE), reference=MOVE, expect=1)
@case("```json\n" + json.dumps(MOVE, indent=2) + "\n```", reference=MOVE, expect=1)
@case(json.dumps(MOVE[::-1]), reference=MOVE, expect=0)
@case(json.dumps(MOVE[:1]), reference=MOVE, expect=0)
@case(json.dumps([*MOVE, MOVE[0]]), reference=MOVE, expect=0)
@case("[]", reference=[], expect=1)
@case(json.dumps(MOVE[:1]), reference=[], expect=0)
@probe("[]", reference=MOVE)
@probe("", reference=[])
@reward(answer="json")
def calendar_calls(completion: str, reference: list) -> bool:
    """The very calls of the reference in its order; `[]` where there is nothing to do."""
    blocks = re.findall(r"```(?:json)?(.*?)```", completion, re.DOTALL)
    try:
        calls = json.loads(blocks[0] if len(blocks) == 1 else completion)
    except (ValueError, RecursionError):
        return False
    return same(calls, reference)
