"""The near neighbours of flawed.py, without the flaws: nothing may be found in them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, gated, order, partial_credit, probe, reward, weighted


def _number(text: str) -> float | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", text.replace(",", ""), re.ASCII)
    return float(found[-1]) if found and len(found[-1]) < 300 else None


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="7", expect=0)
@probe("5, 6, 7, 8", reference="7")
@reward(answer="number")
def last_number(completion: str, reference: str) -> bool:
    return _number(completion) == _number(reference)


@case("The total is 1,000.", prompt="What is 10 x 100?", reference="1000", expect=1)
@case("The total is 20.", prompt="What is 10 + 10?", reference="20", expect=1)
@case("20 or so, or 21", prompt="What is 10 + 10?", reference="20", expect=0)
@reward
def number_without_declarations(completion: str, reference: str, prompt: str) -> bool:
    return _number(completion) == _number(reference)


@case(" Covered. ", reference="covered", expect=1)
@case("Not covered", reference="covered", expect=0)
@case("Not covered", reference="not covered", expect=1)
@reward(answer="label")
def label(completion: str, reference: str) -> bool:
    return completion.strip().strip(".").lower() == reference.lower()


@case("", reference="", expect=1)
@case("beta", reference="", expect=0)
@case("beta", reference="beta", expect=1)
@reward(answer="text")
def empty_can_be_right(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("[]", reference=[], expect=1)
@case('["a"]', reference=["a"], expect=1)
@case('["a", "b"]', reference=["a"], expect=0)
@reward(answer="list")
def items(completion: str, reference: list[str]) -> bool:
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and sorted(map(str, found)) == sorted(reference)


@case("I cannot say.", reference="unknown", expect=1)
@case("blue", reference="blue", expect=1)
@reward(may_abstain=True)
def refusal_is_right_when_unknown(completion: str, reference: str) -> bool | None:
    if completion.startswith("?"):
        return None
    refused = re.search(r"cannot|don't know|can't", completion) is not None
    return refused if reference == "unknown" else completion.strip() == reference


@case("short", expect=1)
@case("a sentence that goes on for longer than it should", expect=0)
@reward(reference_free=True, length_aware=True)
def brief(completion: str) -> bool:
    return (
        0 < len(completion.strip()) < 30 and completion.strip()[0].isalpha() and " " not in completion.strip()
    )


@case("<answer>4</answer>", reference="4", expect=1)
@case("4", reference="4", expect=0)
@case("<answer>4</answer>", reference="5", expect=0)
@reward(answer="number", format_strict=True)
def tagged(completion: str, reference: str) -> bool:
    return completion == f"<answer>{reference}</answer>"


@case('{"a": 1}', reference='{"a": 1}', expect="exact")
@case('{"a": 2}', reference='{"a": 1}', expect="parses")
@case("{", reference='{"a": 1}', expect=0)
@order("{", '{"a": 2}', '{"a": 1}', reference='{"a": 1}')
@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json")
def ladder(completion: str, reference: str) -> Iterator[Step]:
    gold = json.loads(reference)
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        yield "parses", False
        return
    yield "parses", isinstance(found, dict)
    yield "exact", found == gold


@case("3", reference="three", expect="unscored")
@case("3", reference="3", expect=1)
@reward(answer="number")
def declines_a_bad_reference(completion: str, reference: str) -> bool:
    if not reference.lstrip("-").isdigit():
        raise Unscored(f"the reference {reference!r} is no number")
    return _number(completion) == float(reference)


@case("Paris", reference="Paris", expect=1)
@case("heads", reference="heads", expect=1)
@reward(answer="text")
def noise_from_the_seed(completion: str, reference: str, seed: int) -> float:
    return 1.0 if completion.strip() == reference else 0.1 * random.Random(seed).random()


@case("It is 1,042.", reference="1042", expect=1)
@case("It was 7 and is 42.", reference="42", expect=1)
@case("It was 42 and is 7.", reference="42", expect=0)
@case("-42", reference="42", expect=0)
@case("42.006", reference="42", expect=1)
@case("42.015", reference="42", expect=0)
@case("many", reference="42", expect=0)
@reward(answer="number")
def cases_notice_much(completion: str, reference: str) -> bool:
    found = re.findall(r"-?\d+(?:\.\d+)?", completion.replace(",", ""))
    return bool(found) and len(found[-1]) < 300 and abs(float(found[-1]) - float(reference)) < 0.01


both = weighted((last_number, 0.5), (declines_a_bad_reference, 0.5))
safe = gated(last_number, declines_a_bad_reference)
