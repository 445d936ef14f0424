"""Write a regular expression for a described format. It has to match all of some hidden texts and none of others."""

import re

from rewardkit import Unscored, case, probe, reward

LONGEST = 300
COUNT = re.compile(r"\{[0-9]{5,}|\{[0-9]*,[0-9]{5,}")


def pattern_of(completion: str) -> str:
    """The pattern, out of a code fence, back quotes or slashes if it stands in them."""
    text = completion.rpartition("</think>")[2].strip()
    if text.startswith("```"):
        text = text.strip("`").partition("\n")[2].strip()
    text = text.strip("`").strip()
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        text = text[1:-1]
    return text


ZIP = {
    "accepts": ["90210", "10001-1234", "00000"],
    "rejects": ["9021", "902101", "90210-", "90210-12345", "9O210", " 90210", "90210 1234"],
}


@case(r"\d{5}(-\d{4})?", expect=1, **ZIP)
@case(r"```regex" + "\n" + r"^[0-9]{5}(?:-[0-9]{4})?$" + "\n```", expect=1, **ZIP)
@case(r"`^\d{5}(?:-\d{4}|)$`", expect=1, **ZIP)
@case(r"\d{5}", expect=0, **ZIP)
@case(r"\d{5}(-\d{4}", expect=0, **ZIP)
@case("five digits", expect=0, **ZIP)
@probe(".*", **ZIP)
@probe("", **ZIP)
@reward(answer="code", runs_completion=True, timeout=3)
def expression(completion: str, accepts: list[str], rejects: list[str]) -> bool:
    """Matches every text of the one list as a whole, and none of the other."""
    if not accepts or not rejects:
        raise Unscored("there are no texts to try it on")
    source = pattern_of(completion)
    if not source or len(source) > LONGEST or COUNT.search(source):
        return False
    try:
        pattern = re.compile(source)
        return all(map(pattern.fullmatch, accepts)) and not any(map(pattern.fullmatch, rejects))
    except (re.error, RecursionError, OverflowError, MemoryError, ValueError, Warning):
        return False
