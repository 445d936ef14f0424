"""Entity extraction: the medicines that a note mentions, as a JSON list; [] when there are none."""

import json


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def listed(text: str) -> set[str] | None:
    """The names of the list in a reply, in one way of writing; None when it holds no list of texts."""
    start, end = text.find("["), text.rfind("]")
    try:
        names = json.loads(text[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return {" ".join(name.casefold().split()) for name in names}


def medicines(completions, reference, **kwargs) -> list[float]:
    """1 when the list names exactly the medicines of the reference, in any order and case."""
    rewards = []
    for completion, wanted in zip(completions, reference, strict=True):
        names = listed(text_of(completion))
        rewards.append(1.0 if names == {" ".join(name.casefold().split()) for name in wanted} else 0.0)
    return rewards
