"""The calls of a home assistant: one tool, its arguments, nothing else."""

import json
import re
from typing import Any

from rewardkit import case, order, probe, reward

DIM = {"name": "set_light", "arguments": {"room": "kitchen", "level": 40, "fade": True}}


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("one key, two values")
    return dict(pairs)


def read_call(text: str) -> dict[str, Any] | None:
    """The only call of an answer, in <tool_call> tags or bare; None when there are none or several."""
    answer = text.rpartition("</think>")[2].partition("<think>")[0]
    body = answer[max(answer.find("{"), 0) : answer.rfind("}") + 1]
    around = answer.replace(body, " ", 1).casefold() if body else ""
    if re.search(r"\b(?:not|no|wrong|or|never)\b", around):
        return None
    try:
        call = json.loads(body, object_pairs_hook=distinct)
    except (ValueError, RecursionError):
        return None
    return call if isinstance(call, dict) else None


def same(given: Any, expected: Any) -> bool:
    """Equal as JSON: true is not 1, 40.0 is 40, lists keep their order."""
    if isinstance(expected, dict):
        return (
            isinstance(given, dict)
            and given.keys() == expected.keys()
            and all(same(given[k], expected[k]) for k in expected)
        )
    if isinstance(expected, list):
        return isinstance(given, list) and len(given) == len(expected) and all(map(same, given, expected))
    if isinstance(expected, bool) or isinstance(given, bool):
        return given is expected
    if isinstance(expected, str) and isinstance(given, str):
        return given.strip() == expected.strip()
    return given == expected


@case(
    '{"name": "set_light", "arguments": {"fade": true, "level": 40.0, "room": "kitchen"}}',
    reference=DIM,
    expect=1,
)
@case(
    '{"name": "set_light", "arguments": {"fade": 1, "level": 40, "room": "kitchen"}}',
    reference=DIM,
    expect=0.2,
)
@case(
    '{"name": "set_heating", "arguments": {"fade": true, "level": 40, "room": "kitchen"}}',
    reference=DIM,
    expect=0,
)
@order("set_light", '{"name": "set_light", "arguments": {}}', json.dumps(DIM), reference=DIM)
@probe(f"{json.dumps(DIM)}\n" + '{"name": "open_door", "arguments": {}}', reference=DIM)
@reward(answer="json", pass_at=1.0, partial_cap=0.2)
def call(completion: str, reference: dict) -> float:
    """1 for the one right call, 0.2 when only the tool is right."""
    given = read_call(completion)
    if given is None or given.keys() != {"name", "arguments"} or given["name"] != reference["name"]:
        return 0.0
    return 1.0 if same(given["arguments"], reference["arguments"]) else 0.2
