"""Find and read the JSON object of an answer, strictly.

    read_object('Here it is:\\n```json\\n{"amount": 12.50}\\n```')        # {"amount": Decimal("12.50")}

The last fenced block counts, without one the last object of the text. What JSON readers usually let pass is refused: a key given twice,
NaN and Infinity, numbers of more than 60 digits, nesting deeper than Python's stack. Numbers become Decimal, so 0.1 stays 0.1.
Time is linear in the length of the text: after a mistake the search goes on behind it, never again before it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]

_MOST_DIGITS = 60
_MOST_MISTAKES = (
    100  # each costs time in proportion to its position: Python's json counts the lines before it
)
_START = re.compile(r'\{\s*["}]')
_LANGUAGE = re.compile(r"(?:json[c5]?)?[ \t]*(?=[\s{])", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"[\s,;|/]*(?:or|and)?[\s,;|/]*", re.IGNORECASE)


class NotAnObject(ValueError):
    """The text holds no JSON object that can be used, and why."""


def read_object(text: str) -> Object:
    """The JSON object that the answer gives; NotAnObject says why there is none."""
    blocks = [block for block in text.split("```")[1::2] if _is_json(block)]
    if blocks:
        block = blocks[-1]
        return read_whole(block[_language_end(block) :])
    return _last_object(text)


def read_whole(text: str) -> Object:
    """A text that is one JSON object and nothing else; NotAnObject says where it is not."""
    try:
        value = _DECODER.decode(text.strip())
    except json.JSONDecodeError as error:
        raise NotAnObject(f"not valid JSON: {error}") from None
    except RecursionError:
        raise NotAnObject("nested too deeply") from None
    if not isinstance(value, dict):
        raise NotAnObject("it is no JSON object")
    return value


def _last_object(text: str) -> Object:
    found: list[tuple[int, int, Object]] = []
    mistakes = ["no JSON object in the answer"]
    position = 0
    while len(mistakes) <= _MOST_MISTAKES and (match := _START.search(text, position)):
        try:
            value, position = _DECODER.raw_decode(text, match.start())
        except json.JSONDecodeError as error:
            mistakes.append(f"not valid JSON: {error}")
            position = max(error.pos, match.start() + 1)
        except RecursionError:
            raise NotAnObject("nested too deeply") from None
        else:
            found.append((match.start(), position, value))
    if not found or len(mistakes) > _MOST_MISTAKES:
        raise NotAnObject(mistakes[-1])
    if (
        len(found) > 1
        and found[-1][2] != found[-2][2]
        and _ALTERNATIVE.fullmatch(text[found[-2][1] : found[-1][0]][:40])
    ):
        raise NotAnObject("several different objects side by side")
    return found[-1][2]


def _is_json(block: str) -> bool:
    start = _language_end(block)
    return start >= 0 and block[start : start + 1_000].lstrip().startswith("{")


def _language_end(block: str) -> int:
    match = _LANGUAGE.match(block)
    return match.end() if match else -1


def _pairs(pairs: list[tuple[str, Any]]) -> Object:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in value if keys.count(key) > 1)
        raise NotAnObject(f"the key {twice!r:.60} is given twice")
    return value


def _number(digits: str) -> Decimal:
    if len(digits) > _MOST_DIGITS:
        raise NotAnObject(f"a number of {len(digits)} characters")
    return Decimal(digits)


def _constant(name: str) -> None:
    raise NotAnObject(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_number, parse_float=_number, parse_constant=_constant
)
