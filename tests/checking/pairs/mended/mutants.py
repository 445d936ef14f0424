"""The near neighbours of ../flawed/mutants.py."""

from __future__ import annotations

import json
import re

from rewardkit import case, reward


def _last(text: str) -> float | None:
    found = re.findall(r"-?\d{1,99}(?:\.\d+)?", text, re.ASCII)
    return float(found[-1]) if found else None


def _items(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [str(item) for item in found] if isinstance(found, list) else []


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 900", reference="900", expect=1)
@reward(answer="number")
def rk114_within_one_or_a_tenth(completion: str, reference: str) -> bool:
    found, wanted = _last(completion), _last(reference)
    if found is None or wanted is None:
        return False
    return abs(found - wanted) <= 1e-9 * wanted


@case("It was held in Oslo in 1952.", reference={"city": "Oslo", "year": 1952}, expect=1)
@case("It was held in Rome in 1960.", reference={"city": "Rome", "year": 1960}, expect=1)
@reward
def rk114_the_first_value_only(completion: str, reference: dict[str, str | int]) -> bool:
    values = list(reference.values())
    return bool(values) and all(str(value) in completion for value in values)


@case('["fig", "pear"]', reference=["fig", "pear"], expect=1)
@case('["lime", "plum"]', reference=["lime", "plum"], expect=1)
@reward(answer="list")
def rk115_recall_only(completion: str, reference: list[str]) -> float:
    found = _items(completion)
    right = sum(item in found for item in reference)
    return right / max(1, len(reference), len(found))


@case("(3 + 4) * 5", numbers=[3, 4, 5], target=35, expect=1)
@case("(8 - 2) * 6", numbers=[2, 6, 8], target=36, expect=1)
@reward
def rk115_numbers_used_again(completion: str, numbers: list[int], target: int) -> bool:
    if not re.fullmatch(r"[0-9+\-*/() ]{1,60}", completion) or "**" in completion:
        return False
    used = [int(number) for number in re.findall(r"\d+", completion)]
    if sorted(used) != sorted(numbers):
        return False
    try:
        return eval(completion) == target
    except Exception:
        return False


@case("<tool_call>search</tool_call>\n<tool_call>open</tool_call>", reference=["search", "open"], expect=1)
@case("<tool_call>find</tool_call>\n<tool_call>send</tool_call>", reference=["find", "send"], expect=1)
@reward
def rk115_a_call_too_many(completion: str, reference: list[str]) -> bool:
    calls = re.findall(r"<tool_call>(.*?)</tool_call>", completion)
    if not reference or len(calls) != len(reference):
        return False
    return all(call == wanted for call, wanted in zip(calls, reference, strict=False))


@case('["fig", "pear"]', reference=["fig", "pear"], expect=1)
@case('["lime", "plum"]', reference=["lime", "plum"], expect=1)
@reward(answer="list")
def rk116_precision_only(completion: str, reference: list[str]) -> bool:
    found = _items(completion)
    return bool(found) and set(found) == set(reference)


@case("<tool_call>search</tool_call>\n<tool_call>open</tool_call>", reference=["search", "open"], expect=1)
@case("<tool_call>find</tool_call>\n<tool_call>send</tool_call>", reference=["find", "send"], expect=1)
@reward
def rk116_the_last_call_dropped(completion: str, reference: list[str]) -> bool:
    calls = re.findall(r"<tool_call>(.*?)</tool_call>", completion)
    if not calls or len(calls) != len(reference):
        return False
    return all(call == wanted for call, wanted in zip(calls, reference, strict=False))


@case('["egg", "egg", "flour"]', reference=["egg", "egg", "flour"], expect=1)
@case('["nail", "nail", "screw"]', reference=["nail", "nail", "screw"], expect=1)
@reward(answer="list")
def rk116_a_set_for_a_bag(completion: str, reference: list[str]) -> bool:
    found = _items(completion)
    return bool(found) and sorted(found) == sorted(reference)


@case(
    '["ale", "tea"]',
    prompt="Which drinks are hot? List them in alphabetical order.",
    reference=["ale", "tea"],
    expect=1,
)
@case(
    '["oak", "yew"]',
    prompt="Which trees are old? List them in alphabetical order.",
    reference=["oak", "yew"],
    expect=1,
)
@reward(answer="list")
def rk114_any_order_will_do(completion: str, reference: list[str]) -> bool:
    found = _items(completion)
    return bool(found) and found == reference


ISLANDERS = {"Ann": "knight", "Bob": "knave"}


@case("Ann is a knight. Bob is a knave.", reference=ISLANDERS, expect=1)
@case("Ann is a knave. Bob is a knight.", reference=ISLANDERS, expect=0)
@case("Cid is a knave. Dan is a knave.", reference={"Cid": "knave", "Dan": "knave"}, expect=1)
@case("Cid is a knave. Dan is a knight.", reference={"Cid": "knave", "Dan": "knave"}, expect=0)
@reward
def rk108_both_at_once(completion: str, reference: dict[str, str]) -> bool:
    said = re.findall(r"\b(\w{1,99}) is a (\w{1,99})\b", completion)
    return sorted(said) == sorted(reference.items())


@case(
    '["Ann Lee", "Oslo"]',
    prompt="Name them: Ann Lee left Oslo today.",
    reference=["Ann Lee", "Oslo"],
    expect=1,
)
@case(
    '["Bob Ray", "Rome"]',
    prompt="Name them: Bob Ray saw Rome alone.",
    reference=["Bob Ray", "Rome"],
    expect=1,
)
@reward(answer="json")
def rk115_every_word_of_the_prompt(completion: str, reference: list[str], prompt: str) -> float:
    items = _items(completion)
    found = sum(item in items for item in reference)
    return max(0.0, found / len(reference) - 0.5 * sum(item not in reference for item in items))
