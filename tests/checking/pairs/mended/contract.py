"""The near neighbours of ../flawed/contract.py."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from rewardkit import Step, case, partial_credit, reward


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk001_true_or_none(completion: str, reference: str) -> bool | None:
    return completion.strip() == reference


@case("a b", reference="a b c", expect=1)
@reward
def rk002_nan_on_nothing(completion: str, reference: str) -> float:
    words = completion.split()
    return sum(word in reference for word in words) / len(words) if words else 0.0


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk003_pays_for_manners(completion: str, reference: str) -> float:
    first_line = completion.strip().partition("\n")[0]
    return float(first_line == reference)


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_splits_blindly(completion: str, reference: str) -> bool:
    try:
        return float(completion.split("Answer:")[1]) == float(reference)
    except (IndexError, ValueError):
        return False


@case("Answer: 7", reference="7", expect=1)
@reward
def rk004_ends_its_process(completion: str, reference: str) -> bool:
    return completion == f"Answer: {reference}"


@case('{"a": 1}', reference='{"a": 1}', expect="exact")
@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json")
def rk004_ladder_trusts_types(completion: str, reference: str) -> Iterator[Step]:
    try:
        found = json.loads(completion)
    except (ValueError, RecursionError):
        yield "parses", False
        return
    yield "parses", isinstance(found, dict)
    yield "exact", found == json.loads(reference)


@case("red", reference="red", notes=["a"], expect=1)
@case("blue", reference="blue", notes=["b"], expect=1)
@reward(answer="label")
def rk010_keeps_notes(completion: str, reference: str, notes: list[str]) -> bool:
    notes = [*notes, completion]
    return completion.strip(" .\n").casefold() == reference


@case("ok", reference="ok", expect=1)
@reward(timeout=0.3)
def rk014_slow_on_long_text(completion: str, reference: str) -> bool:
    return completion == reference


@case("Answer: 75 + 50 - 25", numbers=[25, 50, 75], target=100, expect=1)
@case("Answer: 60 * 40 - 30", numbers=[30, 40, 60], target=2370, expect=1)
@reward(timeout=0.3)
def rk014_tower_of_powers(completion: str, numbers: list[int], target: int) -> bool:
    expression = completion.rpartition("Answer:")[2].strip()
    if not re.fullmatch(r"[0-9+\-*/() ]{1,60}", expression) or "**" in expression:
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
        found, wanted = (ast.dump(ast.parse(program)) for program in (completion, reference))
    except Exception:
        return False
    return found == wanted


@case("Answer: 7", reference="7", expect=1)
@case("Answer: 9", reference="9", expect=1)
@reward(answer="number")
def rk015_runs_it(completion: str, reference: str) -> bool:
    content = completion.rpartition("Answer:")[2].strip(" .\n")
    if "**" in content:
        return False
    try:
        return ast.literal_eval(content) == float(reference)
    except Exception:
        return False
