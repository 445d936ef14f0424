"""Function calling: one or more calls in <tool_call> tags; names and arguments have to be right, their order does not matter."""

import json
from collections import Counter

OPEN, CLOSE = "<tool_call>", "</tool_call>"


def plain(value):
    """A value in which 2 and 2.0 are the same and True and 1 are not."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def key_of(call) -> str:
    return json.dumps([call["name"], plain(call.get("arguments") or {})], sort_keys=True)


def calls_of(text: str) -> Counter | None:
    """How often each call is made; None when one of them cannot be read."""
    blocks = text.split(OPEN)[1:]
    if any(block.count(CLOSE) != 1 for block in blocks):
        return None
    try:
        return Counter(key_of(json.loads(block.partition(CLOSE)[0])) for block in blocks)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def tool_calls(completions, calls, **kwargs) -> list[float]:
    """1 when exactly the expected calls are made, 0 otherwise."""
    rewards = []
    for completion, expected in zip(completions, calls):
        text = completion if isinstance(completion, str) else completion[-1]["content"] or ""
        rewards.append(1.0 if calls_of(text) == Counter(map(key_of, expected)) else 0.0)
    return rewards
