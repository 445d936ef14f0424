"""Reward for a travel agent's tool calls: the right functions with the right arguments, in order."""

import json
import re


def parse_calls(text: str) -> list[dict] | None:
    """Every <tool_call> of a completion; None when one of them is no JSON object with a name."""
    calls = []
    for body in re.findall(r"<tool_call>(.*?)</tool_call>", text, re.DOTALL):
        try:
            call = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            return None
        calls.append(call)
    return calls


def same_call(given: dict, wanted: dict) -> bool:
    return given["name"] == wanted["name"] and given.get("arguments", {}) == wanted["arguments"]


def tool_call_reward(completions, expected_calls, **kwargs) -> list[float]:
    """1.0 when the completion makes the expected calls."""
    rewards = []
    for text, expected in zip(completions, expected_calls):
        calls = parse_calls(text)
        if not calls:
            rewards.append(0.0)
            continue
        matches = all(same_call(given, wanted) for given, wanted in zip(calls, expected))
        rewards.append(1.0 if matches else 0.0)
    return rewards
