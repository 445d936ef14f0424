"""Rankings: the items of the prompt from first to last, one on each line or joined by '>' (TRL)."""

import re
from itertools import combinations

NUMBERED = re.compile(r"^([0-9]{1,2})[.):]\s+")


def items_of(text: str) -> list[str]:
    """The items in the order in which they stand; empty when their own numbers say another order."""
    answer = re.sub(
        r"^\s*(?:answer|ranking)\s*:",
        "",
        text.rpartition("</think>")[2].partition("<think>")[0],
        flags=re.IGNORECASE,
    )
    lines = [line.strip() for line in answer.splitlines()]
    if sum(">" in line for line in lines) == 1:
        lines = next(line for line in lines if ">" in line).split(">")
    items, numbers = [], []
    for line in lines:
        line = re.sub(r"[*_`]", "", line).strip(" \t-•.")
        if line and not line.endswith(":"):
            match = NUMBERED.match(line)
            numbers += [int(match[1])] if match else []
            items.append(" ".join(NUMBERED.sub("", line).casefold().split()))
    return items if numbers in ([], list(range(1, len(items) + 1))) else []


def ranking(completions: list[str], reference: list[list[str]], **kwargs) -> list[float]:
    """1 for the right order; for another order of all items half the share of pairs that are in order; else 0."""
    rewards = []
    for completion, right in zip(completions, reference, strict=True):
        place = {" ".join(item.casefold().split()): number for number, item in enumerate(right)}
        given = items_of(completion)
        if sorted(given) != sorted(place):
            rewards.append(0.0)
            continue
        pairs = [place[a] < place[b] for a, b in combinations(given, 2)]
        rewards.append(1.0 if all(pairs) else 0.5 * sum(pairs) / len(pairs))
    return rewards
