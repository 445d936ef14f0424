"""Penalty for summaries that are not in the house format. Content is judged by other graders; this one only takes away."""

import re

from rewardkit import case, probe, reward

GOOD = "- Revenue rose by eight per cent.\n- Costs stayed flat.\n- The outlook was raised."


@case(GOOD, expect=0)
@case("\n" + GOOD + "\n", expect=0)
@case(GOOD.replace("- ", "* "), expect=-1)
@case("Summary:\n" + GOOD, expect=-1)
@case("- Revenue rose by eight per cent.\n- Costs stayed flat.", expect=-1)
@case("- Costs stayed flat.\n- Costs  stayed flat.\n- costs stayed flat.", expect=-1)
@case("- Yes.\n- No.\n- Maybe.", expect=-1)
@probe("", ceiling=-1)
@probe("- \n- \n- ", ceiling=-1)
@reward(range=(-1.0, 0.0), pass_at=0.0, reference_free=True, format_strict=True, length_aware=True)
def bullet_format(completion: str) -> float:
    """0 for exactly three different bullets ("- ") of 3 to 15 words each and nothing else, -1 for anything else."""
    lines = [line.rstrip() for line in completion.strip().split("\n")]
    if len(lines) != 3 or not all(line.startswith("- ") for line in lines):
        return -1.0
    bullets = [re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", line.lower()) for line in lines]
    lengths_fit = all(3 <= len(words) <= 15 for words in bullets)
    different = len({tuple(words) for words in bullets}) == 3
    return 0.0 if lengths_fit and different else -1.0
