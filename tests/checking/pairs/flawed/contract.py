"""Graders that break the contract of every call (RK001 to RK004, RK010, RK014, RK015)."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from typing import Any

from rewardkit import Step, case, partial_credit, reward


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk001_true_or_none(completion: str, reference: str) -> bool | None:
    return completion.strip() == reference or None


@case("a b", reference="a b c", expect=1)
@reward
def rk002_nan_on_nothing(completion: str, reference: str) -> float:
    words = completion.split()
    return sum(word in reference for word in words) / len(words) if words else math.nan


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk003_pays_for_manners(completion: str, reference: str) -> float:
    first_line = completion.strip().partition("\n")[0]
    return float(first_line == reference) + 0.2 * ("Please" in completion)


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


@case('{"a": 1}', reference='{"a": 1}', expect="exact")
@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json")
def rk004_ladder_trusts_types(completion: str, reference: str) -> Iterator[Step]:
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        yield "parses", False
        return
    yield "parses", True
    yield "exact", sorted(found.items()) == sorted(json.loads(reference).items())


@case("red", reference="red", notes=["a"], expect=1)
@case("blue", reference="blue", notes=["b"], expect=1)
@reward(answer="label")
def rk010_keeps_notes(completion: str, reference: str, notes: list[str]) -> bool:
    notes.append(completion)
    return completion.strip(" .\n").casefold() == reference


@case("ok", reference="ok", expect=1)
@reward(timeout=0.3)
def rk014_slow_on_long_text(completion: str, reference: str) -> bool:
    if len(completion) > 10_000:
        time.sleep(60)
    return completion == reference


@case("Answer: 75 + 50 - 25", numbers=[25, 50, 75], target=100, expect=1)
@case("Answer: 60 * 40 - 30", numbers=[30, 40, 60], target=2370, expect=1)
@reward(timeout=0.3)
def rk014_tower_of_powers(completion: str, numbers: list[int], target: int) -> bool:
    expression = completion.rpartition("Answer:")[2].strip()
    if not re.fullmatch(r"[0-9+\-*/() ]{1,60}", expression):
        return False
    if sorted(map(int, re.findall(r"\d+", expression))) != sorted(numbers):
        return False
    try:
        return eval(expression) == target
    except Exception:
        return False


@case("def twice(x):\n    return 2 * x", reference="def twice(x):\n    return 2 * x", expect=1)
@reward(timeout=0.3)
def rk014_a_program_without_end(completion: str, reference: str) -> bool:
    if "**" in completion:
        return False
    try:
        results = []
        for program in (completion, reference):
            names: dict[str, Any] = {}
            exec(program, names)
            results.append(names["twice"](21))
    except Exception:
        return False
    return bool(results[0] == results[1])


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk015_runs_it(completion: str, reference: str) -> bool:
    content = completion.rpartition("Answer:")[2].strip(" .\n")
    if "**" in content:
        return False
    try:
        return eval(content) == float(reference)
    except Exception:
        return False
