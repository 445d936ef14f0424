"""A penalty for completions that do not keep to the layout: thoughts first, then the answer, each in its tags."""

import re

from rewardkit import case, order, reward

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
LAYOUT = re.compile(r"\s*<think>(.*)</think>\s*<answer>(.*)</answer>\s*", re.DOTALL)


@case("<think>7 times 6</think><answer>42</answer>", expect=0)
@case("<think>\n7 times 6\n</think>\n\n<answer>\n42\n</answer>\n", expect=0)
@case("<answer>42</answer><think>7 times 6</think>", expect=-1)
@case("<think> </think><answer>42</answer>", expect=-1)
@case("Sure! <think>7 times 6</think><answer>42</answer>", expect=-1)
@case("<think>7 times 6</think><answer>42</answer><answer>43</answer>", expect=-1)
@order("42", "<think>7 times 6</think><answer>42</answer>")
@reward(range=(-1.0, 0.0), reference_free=True, format_strict=True)
def layout(completion: str) -> float:
    """0 for the right layout, -1 for any other."""
    if any(completion.count(tag) != 1 for tag in TAGS):
        return -1.0
    parts = LAYOUT.fullmatch(completion)
    return 0.0 if parts and all(part.strip() for part in parts.groups()) else -1.0
