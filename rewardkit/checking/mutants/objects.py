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
        yield Mutant("every value null", dict.fromkeys(value), "less", provable=any(v is not None for v in value.values()))
    nested = next((key for key, inner in value.items() if isinstance(inner, dict) and inner), None)
    if nested is not None:
        changed = copy.deepcopy(value)
        first = next(iter(changed[nested]))
        changed[nested][first] = _other(changed[nested][first])
        yield Mutant(f"another value inside '{nested}'", changed, provable=True)


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
