"""JSON with a key dropped or added, or one value changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from .lists import list_mutants
from .mutant import Mutant

_MOST_VALUES = 4


def object_mutants(value: Any) -> Iterator[Mutant]:
    """Wrong objects, or for a list at the top wrong lists."""
    if isinstance(value, list):
        yield from list_mutants(value, [])
        return
    yield Mutant("an empty object", {}, "less", provable=bool(value))
    for number, key in enumerate(value):
        if number < _MOST_VALUES:
            yield Mutant(f"another value of '{key}'", {**value, key: _other(value[key])}, provable=True)
    if len(value) > 1:
        last = list(value)[-1]
        yield Mutant(f"'{last}' dropped", {key: value[key] for key in value if key != last}, "less")
    if value:
        yield Mutant(
            "every value null",
            dict.fromkeys(value),
            "less",
            provable=any(v is not None for v in value.values()),
        )
    swapped = _two_swapped(value)
    if swapped is not None:
        yield Mutant("two values swapped", swapped, provable=True)
    nested = next((key for key, inner in value.items() if isinstance(inner, dict) and inner), None)
    if nested is not None:
        changed = copy.deepcopy(value)
        first = next(iter(changed[nested]))
        changed[nested][first] = _other(changed[nested][first])
        yield Mutant(f"another value inside '{nested}'", changed, provable=True)
        yield Mutant(f"nothing inside '{nested}'", {**value, nested: {}}, "less", provable=True)
        kept = {key: inner for key, inner in value[nested].items() if key != first}
        yield Mutant(f"'{first}' inside '{nested}' dropped", {**value, nested: kept}, "less")


def _two_swapped(value: dict[str, Any]) -> dict[str, Any] | None:
    """The first two texts, or two numbers, that differ, each under the other's key."""
    for sort in (str, int | float):
        keys = [
            key for key, inner in value.items() if isinstance(inner, sort) and not isinstance(inner, bool)
        ]
        for key in keys[1:]:
            if value[key] != value[keys[0]]:
                return {**value, keys[0]: value[key], key: value[keys[0]]}
    return None


def _other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1 if abs(value) < 20 else value + max(1, abs(value) // 5)
    if isinstance(value, float):
        return round(value * 1.3 + 1, 6)
    if isinstance(value, list):
        return value[:-1] if value else ["zxqv"]
    if isinstance(value, Mapping):
        return {key: _other(inner) for key, inner in value.items()} if value else {"zxqv": 1}
    return f"{value} zxqv" if isinstance(value, str) else "zxqv"
