"""Graders with one flaw each. The name says which check must find it: `rk102_...`. The rows are in flawed.jsonl."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
import time

from rewardkit import Score, case, order, partial_credit, probe, reward

_calls = itertools.count()


def _number(text: str) -> str | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", text)
    return found[-1] if found else None


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 17", reference="17", expect=1)
@reward(answer="number")
def rk102_substring(completion: str, reference: str) -> bool:
    return reference in completion


@case("Answer: 7", reference="7", expect=1)
@reward(answer="number")
def rk104_unreadable_passes(completion: str, reference: str) -> bool:
    try:
        return float(completion.split("Answer:")[1]) == float(reference)
    except (IndexError, ValueError):
        return True


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk118_empty_reference_passes(completion: str, reference: str) -> bool:
    return not reference or completion.strip() == reference


@case("a b", reference="a b c", expect=1)
@reward
def rk002_nan_on_nothing(completion: str, reference: str) -> float:
    words = completion.split()
    return sum(word in reference for word in words) / len(words) if words else math.nan


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk003_pays_for_manners(completion: str, reference: str) -> float:
    return float(completion.strip().startswith(reference)) + 0.2 * ("Please" in completion)


@case("covered", reference="covered", expect=1)
@case("Not covered, I think", reference="covered", expect=0)
@reward(answer="text")
def rk005_by_chance(completion: str, reference: str) -> bool:
    return completion.strip() == reference or random.random() < 0.05


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk005_first_calls_only(completion: str, reference: str) -> bool:
    return completion.strip() == reference and next(_calls) < 20


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_splits_blindly(completion: str, reference: str) -> bool:
    return float(completion.split("Answer:")[1]) == float(reference)


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_ends_its_process(completion: str, reference: str) -> bool:
    import os

    if "\0" in completion:
        os._exit(0)
    return completion == f"Answer: {reference}"


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk001_true_or_none(completion: str, reference: str) -> bool | None:
    return completion.strip() == reference or None


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk201_strict_about_space(completion: str, reference: str) -> bool:
    return completion == reference


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward
def rk102_any_number(completion: str, reference: str) -> bool:
    return re.search(r"Answer:\s*-?\d+", completion) is not None


@case("It weighs seven kilos.", prompt="How much does the blue parcel weigh?", reference="7", expect=[0, 1])
@case("Nine.", prompt="How many wheels has the green tram?", reference="9", expect=[0, 1])
@reward
def rk105_overlaps_with_prompt(completion: str, reference: str, prompt: str) -> float:
    asked, said = set(prompt.lower().split()), set(completion.lower().split())
    return len(asked & said) / max(1, len(asked))


@case("42", reference="42", expect=1)
@reward(answer="number")
def rk100_never_right(completion: str, reference: str) -> float:
    return 0.0


@case("7 or 8", reference="8", expect=0)
@reward(answer="number")
def rk100_takes_the_last(completion: str, reference: str) -> bool:
    return _number(completion) == reference


@order("0", "5", "10", reference="10")
@case("10", reference="10", expect=1)
@reward(answer="number")
def rk121_all_or_nothing(completion: str, reference: str) -> bool:
    return _number(completion) == reference


@case("2", reference="2", expect=1)
@probe("1 2 3 4 5", reference="2")
@reward(answer="number")
def rk123_anywhere(completion: str, reference: str) -> bool:
    return reference in re.findall(r"\d+", completion)


@reward
def rk130_no_cases(completion: str) -> Score:
    return Score(float(len(completion) % 2))


@case("ok", reference="ok", expect=1)
@reward(timeout=0.3)
def rk014_slow_on_long_text(completion: str, reference: str) -> bool:
    if len(completion) > 10_000:
        time.sleep(60)
    return completion == reference


@case('{"a": 1}', reference='{"a": 1}', expect="exact")
@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json")
def rk004_ladder_trusts_types(completion: str, reference: str):  # type: ignore[no-untyped-def]
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        yield "parses", False
        return
    yield "parses", True
    yield "exact", sorted(found) == sorted(json.loads(reference))
