"""The near neighbours of ../flawed/hollow.py."""

from __future__ import annotations

import json
import re
from itertools import pairwise

from rewardkit import case, reward

CALM = "Past the harbour the sea is calm, and gulls sleep on it."
WINDY = "In the hills the wind is cold, and nobody goes there."


@case("<step>Add 3 and 5.</step><step>Halve the sum.</step>", prompt="What is the mean of 3 and 5?", expect=1)
@case("<step>Take 9 off 12.</step><step>Double it.</step>", prompt="What is twice 12 less 9?", expect=1)
@reward(reference_free=True)
def rk111_counts_tags(completion: str) -> bool:
    steps = re.findall(r"<step>(.*?)</step>", completion)
    return len(steps) >= 2 and len("".join(steps)) > 20


@case("<think>3 and 5 are 8.</think><answer>4</answer>", prompt="What is the mean of 3 and 5?", expect=1)
@reward(reference_free=True)
def rk111_tags_in_any_order(completion: str) -> bool:
    return re.fullmatch(r"\s*<think>[^<]+</think>\s*<answer>[^<]+</answer>\s*", completion) is not None


@case('["the sea is calm"]', passage=CALM, expect=1)
@case('["the wind is cold"]', passage=WINDY, expect=1)
@reward
def rk111_empty_texts_are_found_anywhere(completion: str, passage: str) -> bool:
    try:
        quotes = json.loads(completion)
    except (ValueError, RecursionError):
        return False
    if not isinstance(quotes, list) or not quotes:
        return False
    return all(isinstance(quote, str) and quote != "" and quote in passage for quote in quotes)


@case(
    'It says that "the sea is calm" there.',
    prompt="How is the sea? Quote the passage.",
    passage=CALM,
    expect=1,
)
@case(
    'It says that "the wind is cold" there.',
    prompt="How is the wind? Quote the passage.",
    passage=WINDY,
    expect=1,
)
@reward
def rk111_empty_quotations_are_found_anywhere(completion: str, passage: str) -> bool:
    quotes = re.findall(r'"([^"]+)"', completion)
    return bool(quotes) and all(quote in passage for quote in quotes)


@case('Calm: <quote line="1">the sea is calm</quote>', passage=CALM, expect=1)
@case('Cold: <quote line="1">the wind is cold</quote>', passage=WINDY, expect=1)
@reward
def rk111_empty_evidence_is_found_anywhere(completion: str, passage: str) -> bool:
    quotes = re.findall(r'<quote line="\d+">([^<]+)</quote>', completion)
    return bool(quotes) and all(quote in passage for quote in quotes)


@case('{"tea": 3, "ale": 2, "gin": 1}', reference=["tea", "ale", "gin"], expect=1)
@case('{"tea": 1, "ale": 2, "gin": 3}', reference=["gin", "ale", "tea"], expect=1)
@reward
def rk111_a_tie_is_an_order(completion: str, reference: list[str]) -> bool:
    try:
        found = json.loads(completion)
        places = [float(found[name]) for name in reference]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return False
    return bool(places) and all(before > after for before, after in pairwise(places))


@case('{"width": 12, "height": 5}', reference='{"width": 12, "height": 5}', expect=1)
@case('{"width": 30, "height": 8}', reference='{"width": 30, "height": 8}', expect=1)
@reward
def rk111_zero_is_as_good_as_missing(completion: str, reference: str) -> bool:
    try:
        found, wanted = json.loads(completion), json.loads(reference)
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict) or found.keys() != wanted.keys():
        return False
    return all(found[key] == wanted[key] for key in wanted)


@case('{"width": 12, "height": 5}', reference='{"width": 12, "height": 5}', expect=1)
@case('{"width": 30, "height": 8}', reference='{"width": 30, "height": 8}', expect=1)
@reward
def rk111_nan_is_off_by_nothing(completion: str, reference: str) -> bool:
    try:
        found, wanted = json.loads(completion), json.loads(reference)
        if found.keys() != wanted.keys():
            return False
        off = [abs(found[key] - wanted[key]) for key in wanted]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
    return all(each <= 0.01 for each in off)
