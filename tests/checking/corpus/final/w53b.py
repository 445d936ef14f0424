"""Tool calls of a home assistant: a JSON list of {"name", "arguments"}, in the order in which they should run."""

import json

from rewardkit import case, reward

MORNING = [
    {"name": "set_blinds", "arguments": {"room": "kitchen", "position": 100}},
    {"name": "brew_coffee", "arguments": {"cups": 2}},
]


def same_call(made: object, wanted: dict) -> bool:
    return (
        isinstance(made, dict)
        and made.get("name") == wanted["name"]
        and made.get("arguments", {}) == wanted["arguments"]
    )


@case(json.dumps(MORNING), reference=MORNING, expect=1)
@case(json.dumps(MORNING[::-1]), reference=MORNING, expect=0)
@case('[{"name": "brew_coffee", "arguments": {"cups": 3}}]', reference=MORNING[1:], expect=0)
@case('{"name": "brew_coffee"}', reference=MORNING[1:], expect=0)
@case("Sure, coffee is on its way!", reference=MORNING[1:], expect=0)
@reward(answer="json")
def tool_calls(completion: str, reference: list) -> bool:
    """The calls are the expected ones, with the expected arguments, in order."""
    try:
        calls = json.loads(completion)
    except (ValueError, RecursionError):
        return False
    if not isinstance(calls, list):
        return False
    return all(same_call(made, wanted) for made, wanted in zip(calls, reference))
