"""Reward for a smart-home assistant: exactly the wanted tool calls, in the wanted order, with exactly the wanted arguments."""

import json


def parse_calls(text: str) -> list | None:
    """The calls of a completion in order; None when one of them is left open or is no JSON."""
    calls = []
    for piece in text.split("<tool_call>")[1:]:
        body, closed, _ = piece.partition("</tool_call>")
        try:
            calls.append(json.loads(body) if closed else None)
        except (ValueError, RecursionError):
            return None
    return calls


def same(given: object, wanted: object) -> bool:
    """JSON equality: 21 is 21.0, true is not 1, the order of keys does not matter."""
    if isinstance(given, bool) or isinstance(wanted, bool):
        return given is wanted
    if isinstance(given, dict) and isinstance(wanted, dict):
        return given.keys() == wanted.keys() and all(same(given[key], wanted[key]) for key in wanted)
    if isinstance(given, list) and isinstance(wanted, list):
        return len(given) == len(wanted) and all(map(same, given, wanted))
    return given == wanted


def home_calls(completions, expected_calls, **kwargs) -> list[float]:
    """1.0 for the wanted calls and no others; where none is wanted, for an answer in words that makes no call."""
    rewards = []
    for completion, expected in zip(completions, expected_calls, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        calls = parse_calls(text)
        right = calls is not None and bool(text.strip()) and same(calls, expected)
        rewards.append(1.0 if right else 0.0)
    return rewards
