"""Reward for single-turn tool use: the assistant has to make the call that the annotators made."""

import json
import re

CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)


def read_call(text: str) -> dict | None:
    """The one call of a message, or None when there is none, more than one, or broken JSON."""
    found = CALL.findall(text)
    if len(found) != 1:
        return None
    try:
        call = json.loads(found[0])
    except json.JSONDecodeError:
        return None
    return {"name": call["name"].strip(), "arguments": call["arguments"]}


def tool_call_reward(completions, expected_call, **kwargs):
    """1.0 for the right tool with the right arguments, 0.2 for the right tool, 0.0 otherwise."""
    rewards = []
    for completion, expected in zip(completions, expected_call):
        call = read_call(completion[-1]["content"] or "")
        if call is None or call["name"] != expected["name"]:
            rewards.append(0.0)
        elif call["arguments"] != expected["arguments"]:
            rewards.append(0.2)
        else:
            rewards.append(1.0)
    return rewards
