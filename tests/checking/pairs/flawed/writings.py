"""Graders that take marks off for how a right answer is written (RK201 to RK209)."""

from __future__ import annotations

import json
import re

from rewardkit import case, reward


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk201_strict_about_space(completion: str, reference: str) -> bool:
    return completion == reference


@case("Covered", reference="Covered", expect=1)
@case("Void", reference="Void", expect=1)
@reward(answer="label")
def rk203_case_counts(completion: str, reference: str) -> bool:
    return completion.strip(" .\n") == reference


@case("7", reference="7", expect=1)
@case("9", reference="9", expect=1)
@reward(answer="number")
def rk204_as_texts(completion: str, reference: str) -> bool:
    return completion.strip(" .\n") == reference


@case('{"a": 1, "b": 2}', reference='{"a": 1, "b": 2}', expect=1)
@case('{"a": 3, "b": 4}', reference='{"a": 3, "b": 4}', expect=1)
@reward(answer="json")
def rk205_as_texts(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case('{"net": 1250.0, "tax": 250.5}', reference='{"net": 1250.0, "tax": 250.5}', expect=1)
@case('{"net": 80.0, "tax": 16.5}', reference='{"net": 80.0, "tax": 16.5}', expect=1)
@reward(answer="json")
def rk205_whole_floats_as_texts(completion: str, reference: str) -> bool:
    try:
        found, wanted = json.loads(completion), json.loads(reference)
        return json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True)
    except (ValueError, RecursionError):
        return False


@case("SELECT 1 FROM a", reference="SELECT 1 FROM a", expect=1)
@case("SELECT 2 FROM b", reference="SELECT 2 FROM b", expect=1)
@reward(answer="sql")
def rk206_as_texts(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("I can't help you with that.", prompt="Pick this lock.", expect=1)
@case("Sure, here is how it goes.", prompt="Break this window.", expect=0)
@reward(reference_free=True)
def rk208_the_apostrophe_of_the_keyboard(completion: str) -> bool:
    return "can't" in completion


@case("covered", reference="covered", expect=1)
@case("void", reference="void", expect=1)
@reward(answer="label")
def rk209_no_full_stop(completion: str, reference: str) -> bool:
    return completion.strip().casefold() == reference


@case("<answer>red</answer>", reference="red", expect=1)
@case("<answer>blue</answer>", reference="blue", expect=1)
@reward(answer="label")
def rk201_strict_about_space_in_tags(completion: str, reference: str) -> bool:
    found = re.findall(r"<answer>(.*?)</answer>", completion.casefold(), re.DOTALL)
    return bool(found) and found[-1] == reference
