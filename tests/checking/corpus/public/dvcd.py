"""Limits that a prompt sets on words, sentences and the use of a keyword: the share that is kept."""

import operator
import re

from rewardkit import Unscored, case, order, reward

RELATIONS = {
    "at least": operator.ge,
    "at most": operator.le,
    "less than": operator.lt,
    "more than": operator.gt,
    "exactly": operator.eq,
}
TEA = [
    {"of": "words", "relation": "at least", "count": 5},
    {"of": "words", "relation": "less than", "count": 12},
    {"of": "keyword", "keyword": "tea", "relation": "exactly", "count": 2},
]


def count(text: str, limit: dict) -> int:
    if limit["of"] == "words":
        return len(text.split())
    if limit["of"] == "sentences":
        return len(re.findall(r"[.!?](?=\s|$)", text))
    if limit["of"] == "keyword":
        return len(re.findall(rf"\b{re.escape(limit['keyword'])}\b", text, re.IGNORECASE))
    raise Unscored(f"no way to count {limit['of']!r}")


def kept(text: str, limit: dict) -> bool:
    if limit["relation"] not in RELATIONS:
        raise Unscored(f"no such relation: {limit['relation']!r}")
    return RELATIONS[limit["relation"]](count(text, limit), limit["count"])


@case("Green tea is bitter, black tea is not.", limits=TEA, expect=1)
@case("Green tea is bitter.", limits=TEA, expect=[0.3, 0.4])
@case("Green tea is bitter, black tea is not, and teatime is " + "long " * 9, limits=TEA, expect=[0.6, 0.7])
@case("", limits=TEA, expect=0)
@case("tea", limits=[{"of": "words", "relation": "near", "count": 1}], expect="unscored")
@order("", "Tea.", "Green tea, black tea.", "Green tea is bitter, black tea is not.", limits=TEA)
@reward(answer="free")
def keeps_limits(completion: str, limits: list[dict]) -> float:
    """Kept limits, of all."""
    text = completion.rpartition("</think>")[2].replace("*", "").strip()
    return sum(kept(text, limit) for limit in limits) / len(limits) if text else 0.0
