"""The arguments of a call of a grader, by name, and what keeps one call from changing those of another.

Two rows may hold the very same list, and the parts of a combination get the same row: what a grader does to it must not reach the next call.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

_UNCHANGEABLE = frozenset({str, int, float, bool, type(None)})


def is_plain(values: Mapping[str, Any]) -> bool:
    """Whether nothing in the arguments can be changed."""
    return _UNCHANGEABLE.issuperset(map(type, values.values()))


def own_copy(values: dict[str, Any]) -> dict[str, Any]:
    """The arguments for one call only."""
    return values if is_plain(values) else copy.deepcopy(values)
