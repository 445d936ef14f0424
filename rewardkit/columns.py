"""Where a value stands in a row: a column, a dot into a mapping, or several texts joined by an empty line.

"answer"    "reward_model.ground_truth"    "instruction + input"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_AND = " + "


def find_column(columns: Mapping[str, Any], paths: Iterable[str]) -> tuple[str, Any] | None:
    """The first of these columns that a row has, with its value; a dot leads into a mapping: `reward_model.ground_truth`."""
    for path in paths:
        value: Any = columns
        for key in path.split("."):
            if not (isinstance(value, Mapping) and key in value):
                break
            value = value[key]
        else:
            return path, value
    return None


def find_value(columns: Mapping[str, Any], path: str) -> tuple[Any] | None:
    """The value at a path, None where the row has none. Of `a + b` both must be there, as texts; an empty one is left out."""
    if path in columns:
        return (columns[path],)
    values = []
    for part in path.split(_AND):
        found = (part, columns[part]) if part in columns else find_column(columns, [part])
        if found is None:
            return None
        values.append(found[1])
    if len(values) == 1:
        return (values[0],)
    if not all(value is None or isinstance(value, str) for value in values):
        return None
    return ("\n\n".join(value for value in values if value),)


def parts_of(path: str) -> list[str]:
    """The columns that a path names: `["instruction", "input"]`; of one that leads into a mapping, the whole path."""
    return path.split(_AND)
