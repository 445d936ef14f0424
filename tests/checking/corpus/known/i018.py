"""Regular expressions: one that matches all of a row's texts as a whole and none of the others. It runs the model's pattern."""

import re

from rewardkit import Unscored, case, order, probe, reward

CODES = {"matches": ["04109", "80331", "10115"], "rejects": ["4109", "803311", "1O115", "10115 ", ""]}


def _pattern(completion: str) -> re.Pattern[str] | None:
    text = completion.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        text = text[3:-3].partition("\n")[2].strip()
    text = text.strip("`")
    if not 0 < len(text) <= 200:
        return None
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None


@case("[0-9]{5}", **CODES, expect=1)
@case(r"`^\d{5}$`", **CODES, expect=1)
@case("[0-9]+", **CODES, expect=[0, 0.5])
@case("[0-9]{4}", **CODES, expect=0)
@case("[0-9", **CODES, expect=0)
@case("[0-9]{5}", matches=[], rejects=["a"], expect="unscored")
@order("[a-z]+", ".*", "[0-9]+", "[0-9]{5}", **CODES)
@probe(".*", **CODES, ceiling=0.1)
@reward(answer="code", runs_completion=True, timeout=2, partial_cap=0.5)
def regex_answer(completion: str, matches: list[str], rejects: list[str]) -> float:
    """1 when all is as listed; half of the share of texts refused, once all are matched that should be."""
    if not matches or not rejects:
        raise Unscored("the row has no texts to try")
    pattern = _pattern(completion)
    if pattern is None or not all(pattern.fullmatch(text) for text in matches):
        return 0.0
    refused = sum(not pattern.fullmatch(text) for text in rejects)
    return 1.0 if refused == len(rejects) else 0.05 + 0.4 * refused / len(rejects)
