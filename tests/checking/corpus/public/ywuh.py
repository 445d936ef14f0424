"""An agent's next call, as JSON between <tool_call> tags: exactly the tool and the arguments of the reference."""

import json


def only_call(text: str) -> object:
    """The one call of a text; None when there is none, more than one, or no JSON."""
    pieces = text.rpartition("</think>")[2].split("<tool_call>")
    if len(pieces) != 2 or pieces[1].count("</tool_call>") != 1:
        return None
    try:
        return json.loads(pieces[1].partition("</tool_call>")[0])
    except (ValueError, RecursionError):
        return None


def agrees(given: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return (
            isinstance(given, dict)
            and given.keys() == wanted.keys()
            and all(agrees(given[key], wanted[key]) for key in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(map(agrees, given, wanted))
    if isinstance(wanted, str):
        return isinstance(given, str) and given.split() == wanted.split()
    return isinstance(given, bool) == isinstance(wanted, bool) and given == wanted


def tool_reward(completions, expected_call, **kwargs) -> list[float]:
    """1.0 for the expected call; white space in texts is free."""
    rewards = []
    for completion, expected in zip(completions, expected_call, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        call = only_call(text)
        wanted = {"name": expected["name"], "arguments": expected["arguments"]}
        rewards.append(float(agrees(call, wanted)))
    return rewards
