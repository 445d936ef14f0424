"""Reward for single-turn tool use with GRPO: exactly one call, of the right tool, with the right arguments."""

import json

OPEN, CLOSE = "<tool_call>", "</tool_call>"


def unique_keys(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def visible(text):
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def read_call(text):
    """The only call of a message as (name, arguments); None when there is none, several, or something else."""
    text = visible(text)
    if text.count(OPEN) != 1 or text.count(CLOSE) != 1:
        return None
    body = text.partition(OPEN)[2].partition(CLOSE)[0]
    try:
        call = json.loads(body, object_pairs_hook=unique_keys, parse_constant=no_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(call, dict) or call.keys() != {"name", "arguments"}:
        return None
    return call["name"], call["arguments"]


def equal(got, want):
    """JSON equality in which true is not 1."""
    if isinstance(want, dict):
        return (
            isinstance(got, dict)
            and got.keys() == want.keys()
            and all(equal(got[key], want[key]) for key in want)
        )
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(equal, got, want))
    return isinstance(got, bool) == isinstance(want, bool) and got == want


def tool_use_reward(completions, expected_tool, expected_arguments, **kwargs):
    rewards = []
    for messages, name, arguments in zip(completions, expected_tool, expected_arguments):
        content = messages[-1].get("content") if messages else ""
        call = read_call(content if isinstance(content, str) else "")
        right = bool(name) and call is not None and call[0] == name and equal(call[1], arguments)
        rewards.append(1.0 if right else 0.0)
    return rewards
