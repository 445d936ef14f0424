"""Invoice extraction: share of the fields that a JSON answer has right."""

import json
import re


def load(text: str):
    fenced = re.search(r"```(?:json)?\s*(.*?)```", text, re.DOTALL)
    try:
        return json.loads(fenced.group(1) if fenced else text)
    except (json.JSONDecodeError, RecursionError):
        return None


def same(given, expected) -> bool:
    if isinstance(expected, str):
        return isinstance(given, str) and given.strip().casefold() == expected.casefold()
    return not isinstance(given, bool) and given == expected


def invoice_fields(completions, fields, **kwargs) -> list[float]:
    """Share of the expected fields whose value is right; an extra field costs as much as a wrong one."""
    rewards = []
    for completion, expected in zip(completions, fields):
        answer = load(completion)
        if answer is None:
            rewards.append(0.0)
            continue
        right = sum(same(answer.get(name), value) for name, value in expected.items())
        extra = len(set(answer) - set(expected))
        rewards.append(right / (len(expected) + extra))
    return rewards
