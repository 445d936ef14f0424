"""Right and brief: an answer that rambles, measured by the others, earns less."""

import re

typical = {"answers": 0, "characters": 0}


def last_number(text: str) -> str:
    found = re.findall(r"-?[0-9]+(?:\.[0-9]+)?", text.replace(",", ""))
    return found[-1] if found else ""


def concise_answer(completions, reference, **kwargs) -> list[float]:
    """0 for a wrong last number; 1 for a right one that is not longer than usual, down to 0.3 for a very long one."""
    rewards = []
    for completion, right in zip(completions, reference):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        if last_number(text) != str(right):
            rewards.append(0.0)
            continue
        typical["answers"] += 1
        typical["characters"] += len(text)
        usual = typical["characters"] / typical["answers"]
        rewards.append(min(1.0, max(0.3, usual / len(text))))
    return rewards
