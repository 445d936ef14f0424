"""Function calling: exactly the calls that a request needs, no more."""

import json
from typing import Any

from rewardkit import case, order, probe, reward

LIGHTS = {"name": "set_lights", "arguments": {"room": "kitchen", "on": True}}
HEAT = {"name": "set_heating", "arguments": {"room": "bath", "degrees": 21}}


def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def parsed(text: str) -> Any:
    """The JSON in a text, None when there is none."""
    try:
        return json.loads(text, object_pairs_hook=no_twins)
    except (ValueError, RecursionError):
        return None


def same(a: Any, b: Any) -> bool:
    """Equal as JSON: 21 is 21.0, but true is not 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


def call_of(value: Any) -> Any:
    """A call with its arguments unpacked: some models write them as a text of JSON."""
    if isinstance(value, dict) and isinstance(value.get("arguments"), str):
        return {**value, "arguments": parsed(value["arguments"])}
    return value


@case(json.dumps([LIGHTS]), reference=[LIGHTS], expect=1)
@case("```json\n" + json.dumps([HEAT, LIGHTS], indent=1) + "\n```", reference=[LIGHTS, HEAT], expect=1)
@case('{"name": "set_heating", "arguments": {"degrees": 21.0, "room": "bath"}}', reference=[HEAT], expect=1)
@case(json.dumps([LIGHTS, HEAT]), reference=[LIGHTS], expect=0)
@case(json.dumps([LIGHTS, LIGHTS]), reference=[LIGHTS], expect=0)
@case("[]", reference=[], expect=1)
@order(
    '[{"name": "set_lights", "arguments": {"room": "kitchen", "on": 1}}]',
    json.dumps([LIGHTS]),
    reference=[LIGHTS],
)
@probe("[]", reference=[LIGHTS])
@reward(answer="json")
def calls(completion: str, reference: list[dict]) -> bool:
    """Full marks for a JSON list of exactly the calls of the reference, in any order; [] where nothing is to be done."""
    parts = completion.split("```")
    made = parsed(parts[1].strip().removeprefix("json") if len(parts) == 3 else completion)
    left = [call_of(call) for call in (made if isinstance(made, list) else [made])]
    if len(left) != len(reference):
        return False
    for wanted in reference:
        place = next((place for place, call in enumerate(left) if same(call, wanted)), None)
        if place is None:
            return False
        del left[place]
    return True
