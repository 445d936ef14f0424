"""The columns of a file: in how many rows, of which types, with an example."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MOST = 200  # columns that are told apart; rows whose keys are data have no end of them
_EXCERPT = 60

_NAMES = {str: "text", int: "integer", float: "number", bool: "boolean", list: "list", dict: "object"}


@dataclass(slots=True)
class SeenColumn:
    """One column: how many rows have it, how many with nothing in it, and how often each type was seen."""

    name: str
    rows: int = 0
    empty: int = 0
    types: Counter[str] = field(default_factory=Counter)
    example: str = ""

    def see(self, value: Any) -> None:
        """Count the value of one row."""
        self.rows += 1
        if value is None or value == "":
            self.empty += 1
            return
        self.types[_NAMES.get(type(value), type(value).__name__)] += 1
        if not self.example:
            self.example = excerpt(value)

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {
            "name": self.name,
            "rows": self.rows,
            "empty": self.empty,
            "types": dict(self.types),
            "example": self.example,
        }


class SeenColumns:
    """The columns of all rows, in the order in which they came; `left_out` counts the values of those beyond 200."""

    def __init__(self) -> None:
        self.columns: dict[str, SeenColumn] = {}
        self.left_out = 0

    def see(self, row: Mapping[str, Any]) -> None:
        """Look at one row."""
        for name, value in row.items():
            column = self.columns.get(name)
            if column is None:
                if len(self.columns) >= _MOST:
                    self.left_out += 1
                    continue
                column = self.columns[name] = SeenColumn(name)
            column.see(value)


def excerpt(value: Any, length: int = _EXCERPT) -> str:
    """A value on one line, shortened."""
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, default=str, skipkeys=True, ensure_ascii=False)
        if isinstance(value, list | dict)
        else str(value)
    )
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
