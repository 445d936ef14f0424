"""House rules for a post of the library: a deduction for each one broken. What the post says is graded elsewhere."""

import re

from rewardkit import case, order, probe, reward

RULES = (
    lambda post: len(post) <= 240,
    lambda post: len(re.findall(r"(?<![\w#])#\w+", post)) == 1,
    lambda post: not re.search(r"https?://|www\.", post, re.IGNORECASE),
    lambda post: post.count("!") <= 1 and not re.search(r"\b[A-Z]{4,}\b", post),
)


@case("The reading room is open until nine tonight. Bring a cushion. #library", expect=1)
@case("The reading room is open until nine tonight. Bring a cushion.", expect=0.75)
@case("COME to the reading room!!! See www.example.org #library", expect=0.5)
@case("", expect=0)
@order(
    "",
    "READING ROOM OPEN TONIGHT UNTIL NINE",
    "The reading room is open tonight until nine.",
    "Open tonight until nine. #reading",
)
@probe("#library #books #reading", ceiling=0.25)
@reward(answer="free", reference_free=True, length_aware=True)
def house_rules(completion: str) -> float:
    """1 less a quarter for each broken rule; a post of fewer than four words is none."""
    post = completion.rpartition("</think>")[2].partition("<think>")[0].strip()
    if len(post.split()) < 4:
        return 0.0
    return 1.0 - 0.25 * sum(not rule(post) for rule in RULES)
