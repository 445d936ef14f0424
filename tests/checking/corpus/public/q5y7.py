"""The next tool call of an agent, as JSON in <tool_call> tags, against the call that an expert made."""

import json


def parse_call(text: str) -> dict | None:
    _, opened, rest = text.partition("<tool_call>")
    inside, closed, after = rest.partition("</tool_call>")
    if not opened or not closed or "<tool_call>" in after:
        return None
    try:
        call = json.loads(inside)
    except (ValueError, RecursionError):
        return None
    return call if isinstance(call, dict) and isinstance(call.get("arguments"), dict) else None


def words(value: object) -> list[str]:
    return str(value).split()


def call_reward(completions, expected_call, **kwargs) -> list[float]:
    """Name, and then each argument up to white space."""
    rewards = []
    for completion, expected in zip(completions, expected_call, strict=True):
        call = parse_call(completion)
        if call is None or call.get("name") != expected["name"]:
            rewards.append(0.0)
            continue
        given, wanted = call["arguments"], expected["arguments"]
        agrees = True
        for key in given.keys() | wanted.keys():
            mine, theirs = given.get(key), wanted.get(key)
            if mine and theirs and words(mine) != words(theirs):
                agrees = False
        rewards.append(1.0 if agrees else 0.0)
    return rewards
