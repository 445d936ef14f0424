"""In which order the columns of another query may stand for those of the gold.

As they come; in the order of their names when both have the same ones; in the order of their kinds when the gold has each kind once,
so that a name and a count cannot be mistaken for each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .databases import Result

Alignment = tuple[int, ...]


def alignments(gold: Result, width: int, other: Result) -> list[Alignment]:
    """The permitted orders of the other's columns; none when it has more or fewer than the gold's `width`."""
    if len(other.names) != width:
        return []
    names = [name.lower() for name in gold.names[:width]], [name.lower() for name in other.names]
    kinds = [_kind(type_) for type_ in gold.types[:width]], [_kind(type_) for type_ in other.types]
    found = [tuple(range(width)), _matched(*names), _matched(*kinds)]
    return list(dict.fromkeys(order for order in found if order is not None))


def _matched(wanted: Sequence[str], given: Sequence[str]) -> Alignment | None:
    if len(set(wanted)) != len(wanted) or sorted(wanted) != sorted(given):
        return None
    return tuple(given.index(label) for label in wanted)


def _kind(type_: str) -> str:
    if re.match(r".*INT|DECIMAL|FLOAT|DOUBLE|REAL", type_):
        return "number"
    return "moment" if re.match(r"DATE|TIMESTAMP", type_) else type_
