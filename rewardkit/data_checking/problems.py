"""What is wrong with the rows of a file: counted by kind, the first few of each with their places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import DataError

Severity = Literal["fail", "note"]
Verb = Literal["grade", "eval", "train", "test"]

EVERY: tuple[Verb, ...] = ("grade", "eval", "train", "test")
_SAMPLES: tuple[Verb, ...] = ("eval", "train", "test")
_PROMPTED: tuple[Verb, ...] = ("eval", "train")

_MOST_KINDS = 100
_EXCERPT = 200  # characters of what is said at a place


@dataclass(slots=True)
class Problem:
    """One kind of trouble: `text` says what it is, `column` where it is about one, `stops` which verbs refuse the file for it."""

    kind: str
    severity: Severity
    text: str
    column: str | None = None
    stops: tuple[Verb, ...] = ()
    count: int = 0
    places: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "column": self.column,
            "text": self.text,
            "count": self.count,
            "places": self.places,
            "stops": list(self.stops),
        }


class Problems:
    """The problems of a file by kind; of each the first `most` places are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[tuple[str, ...], Problem] = {}

    def add(
        self, kind: str, text: str, place: str, *, column: str | None = None, group: str = "", count: int = 1
    ) -> None:
        """Count one; `text` and what the kind means are kept of the first of its kind, column and group."""
        key = (kind, column or "", group)
        if key not in self._found and len(self._found) >= _MOST_KINDS:
            key = (kind, "", "more")
        severity, stops = _KINDS[kind]
        problem = self._found.setdefault(key, Problem(kind, severity, text, column, stops))
        problem.count += count
        if place and len(problem.places) < self._most:
            problem.places.append(place if len(place) <= _EXCERPT else f"{place[:_EXCERPT]}…")

    def add_error(self, error: DataError, *, kind: str = "unreadable") -> None:
        """A row that cannot be read, or cannot be used, with what is said of it."""
        what = re.split(r"[:(;]", error.message)[0].strip()
        self.add(kind, what, str(error), group=re.sub(r"'[^']*'|[\d,]+", "…", what))

    def has(self, *kinds: str) -> bool:
        """Whether there is a problem of one of these kinds."""
        return any(problem.kind in kinds for problem in self._found.values())

    def found(self) -> list[Problem]:
        """All of them, those that fail first."""
        return sorted(self._found.values(), key=lambda problem: problem.severity != "fail")


_KINDS: Mapping[str, tuple[Severity, tuple[Verb, ...]]] = {
    "unreadable": ("fail", EVERY),
    "unusable": ("fail", EVERY),
    "missing_column": ("fail", EVERY),
    "undecided_column": ("fail", EVERY),
    "empty_prompt": ("fail", _PROMPTED),
    "no_prompt": ("note", _PROMPTED),
    "answer_in_prompt": ("fail", ()),
    "empty_reference": ("fail", ()),
    "nan_text": ("fail", ()),
    "bad_completion": ("fail", ("grade",)),
    "duplicate_row": ("fail", _SAMPLES),
    "repeated_row": ("note", ()),
    "duplicate_id": ("fail", _SAMPLES),
    "one_id_two_samples": ("fail", ("grade",)),
    "conflicting_references": ("fail", ()),
    "other_references": ("note", ()),
    "duplicate_prompt": ("note", ()),
    "lost_characters": ("note", ()),
}
