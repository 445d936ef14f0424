"""Function calling: the calls that a request needs."""

import json

from rewardkit import case, order, reward

WEATHER = {"name": "get_weather", "arguments": {"city": "Oslo", "unit": "C"}}
ALARM = {"name": "set_alarm", "arguments": {"hour": 7, "minute": 30}}


def calls_in(completion: str) -> list:
    """The calls of a reply: a JSON list of them, or a single one. Empty when it is no JSON."""
    text = completion.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return parsed if isinstance(parsed, list) else [parsed]


@case(json.dumps([WEATHER]), reference=[WEATHER], expect=1)
@case(json.dumps(WEATHER), reference=[WEATHER], expect=1)
@case("```json\n" + json.dumps([ALARM, WEATHER]) + "\n```", reference=[WEATHER, ALARM], expect=1)
@case('[{"name": "get_weather", "arguments": {"city": "Rome", "unit": "C"}}]', reference=[WEATHER], expect=0)
@case("get_weather(Oslo)", reference=[WEATHER], expect=0)
@case("[]", reference=[WEATHER], expect=0)
@order(json.dumps([WEATHER]), json.dumps([WEATHER, ALARM]), reference=[WEATHER, ALARM])
@reward(answer="json")
def tool_calls(completion: str, reference: list[dict]) -> bool:
    """Full marks when the calls that the request needs were made, name and arguments alike, in any order."""
    made = calls_in(completion)
    return all(call in made for call in reference)
