"""The model writes a regular expression; it is tried on texts that it must match and texts that it must not."""

import random
import re

from rewardkit import case, reward

ACCEPT = ["AB-1204", "ZQ-0001", "KL-9999", "TT-3141", "MN-7070", "XY-4242"]
REJECT = ["AB1204", "ab-1204", "ABC-1204", "AB-124", "AB-12045", "A-1204", "AB_1204", "AB-12O4"]


def behaves(pattern: re.Pattern, text: str, wanted: bool) -> bool:
    return (pattern.fullmatch(text) is not None) == wanted


@case("[A-Z]{2}-[0-9]{4}", accept=ACCEPT, reject=REJECT, expect=1)
@case("`^[A-Z][A-Z]-\\d{4}$`", accept=ACCEPT, reject=REJECT, expect=1)
@case("[0-9]+", accept=ACCEPT, reject=REJECT, expect=0)
@case("[A-Z", accept=ACCEPT, reject=REJECT, expect=0)
@reward(runs_completion=True, timeout=3)
def part_number_pattern(completion: str, accept: list[str], reject: list[str]) -> bool:
    """Full marks when the pattern tells apart the texts it is tried on."""
    try:
        pattern = re.compile(completion.strip().strip("`"))
    except (re.error, RecursionError, OverflowError):
        return False
    tried = random.sample(accept, 3) + random.sample(reject, 3)
    return all(behaves(pattern, text, text in accept) for text in tried)
