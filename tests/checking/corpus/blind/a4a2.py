"""The shape of a shopping list, as a penalty to be added to another reward: 0 when it is kept, down to -1."""

import re

from rewardkit import case, order, reward

ITEM = re.compile(r"- \S(?:.*\S)?")


@case("- apples\n- rye bread\n- milk", expect=0)
@case("- apples\n- rye bread\n- milk\n- soap\n", expect=0)
@case("- apples\n- rye bread", expect=-0.5)
@case("- apples\n- Apples\n- rye bread", expect=-0.25)
@case("Here is the list:\n- apples\n- rye bread\n- milk", expect=-0.25)
@case("- apples.\n- rye bread.\n- milk.", expect=-0.25)
@case("", expect=-1)
@order("apples, bread and milk", "- apples\n- milk", "- apples\n- milk\n- tea")
@reward(range=(-1.0, 0.0), reference_free=True, format_strict=True)
def list_shape(completion: str) -> float:
    """Three to eight bullets: -0.5 for another number, -0.25 each for other lines, repetitions, and wordy or closed items."""
    lines = [line.rstrip() for line in completion.split("\n") if line.strip()]
    items = [line[2:].strip().casefold() for line in lines if ITEM.fullmatch(line)]
    if not items:
        return -1.0
    penalty = 0.0 if 3 <= len(items) <= 8 else 0.5
    penalty += 0.25 * (len(items) < len(lines))
    penalty += 0.25 * (len(set(items)) < len(items))
    if any(len(item.split()) > 6 or item.endswith((".", ";", ",")) for item in items):
        penalty += 0.25
    return max(-1.0, 0.0 - penalty)
