"""Lists with an item too many, too few or another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .mutant import Mutant


def list_mutants(items: Sequence[Any], others: Sequence[Any]) -> Iterator[Mutant]:
    """Wrong lists; `others` are items of other rows' lists."""
    strange = next((item for item in others if item not in items and type(item) is type(_first(items))), None)
    strange = strange if strange is not None else _invented(items)
    yield Mutant("an item too many", [*items, strange], "more")
    if items:
        yield Mutant("another item", [*items[:-1], strange])
        yield Mutant("no items", [], "less", provable=True)
        yield Mutant("letters behind an item", [*items[:-1], f"{items[-1]}zxqv"])
    if len(items) > 1:
        yield Mutant("one item again and again", [items[0]] * len(items), "less")
        yield Mutant("the last item dropped", list(items[:-1]), "less")
        yield Mutant("the first item only", list(items[:1]), "less")
    double = next((item for item in reversed(items) if list(items).count(item) > 1), None)
    if double is not None:
        place = max(index for index, item in enumerate(items) if item == double)
        yield Mutant("an item fewer times", [*items[:place], *items[place + 1 :]], "less")
    more = [item for item in others if item not in items]
    if len(more) > 1:
        yield Mutant("the items of other rows too", [*more[:1], *items, *more[1:20]], "more")


def _first(items: Sequence[Any]) -> Any:
    return items[0] if items else ""


def _invented(items: Sequence[Any]) -> Any:
    first = _first(items)
    if isinstance(first, int | float) and not isinstance(first, bool):
        return max(item for item in items if isinstance(item, int | float)) + 17
    return {"zxqv": 1} if isinstance(first, dict) else [] if isinstance(first, list) else "zxqv"
